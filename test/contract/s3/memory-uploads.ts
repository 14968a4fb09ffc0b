import type { NotedUpload } from '../../../shared/model.ts';
import type { UploadLog } from '../../../shared/stores/s3/s3-copy-request.ts';

/** What the journal keeps for all workers. */
export class MemoryUploads implements UploadLog {
  readonly aborted: (readonly [key: string, uploadId: string])[] = [];
  readonly #open = new Map<string, NotedUpload>();

  async find(key: string): Promise<NotedUpload | undefined> {
    return this.#open.get(key);
  }

  async note(key: string, upload: NotedUpload): Promise<void> {
    this.#open.set(key, upload);
  }

  async noteAborted(key: string, uploadId: string): Promise<void> {
    this.aborted.push([key, uploadId]);
  }

  async forget(key: string): Promise<void> {
    this.#open.delete(key);
  }
}
