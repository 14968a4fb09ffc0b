import type { NotedUpload } from '../../../shared/model.ts';
import type { UploadLog } from '../../../shared/stores/s3/s3-copy-request.ts';

/** What the journal keeps for all workers. */
export class MemoryUploads implements UploadLog {
  readonly #noted = new Map<string, NotedUpload>();
  #tokens = 0;

  async openOf(key: string): Promise<NotedUpload[]> {
    return [...this.#noted.values()].filter(
      (upload) => upload.key === key && upload.uploadId !== undefined && !upload.left,
    );
  }

  async note(key: string, digest: string): Promise<NotedUpload> {
    const upload = { token: String(++this.#tokens), key, digest };
    await this.update(upload);
    return upload;
  }

  async update(upload: NotedUpload): Promise<void> {
    this.#noted.set(upload.token, upload);
  }

  async forget({ token }: NotedUpload): Promise<void> {
    this.#noted.delete(token);
  }

  async *all(): AsyncGenerator<NotedUpload> {
    yield* [...this.#noted.values()];
  }
}
