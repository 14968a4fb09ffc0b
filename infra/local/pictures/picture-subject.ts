import { S3Client } from '@aws-sdk/client-s3';
import { bar } from '../../cli/bar.ts';
import type { EmbeddedAws } from '../embedded-aws.ts';
import type { LocalMigration } from '../migration.ts';
import type { StartedSubject, Subject } from '../subject.ts';
import type { Terminal } from '../terminal.ts';
import { count } from '../text-table.ts';
import type { Picture } from './picture.ts';
import { startPictureApplication } from './picture-application.ts';
import { createBucket, loadPictures, type PicturePlace } from './picture-bucket.ts';
import { checkPictures } from './picture-checker.ts';
import { type PictureFile, pictureFiles } from './picture-files.ts';

const WRITERS = 2;
/** What the embedded AWS can carry: it judges the rights of each request, and each write is followed by a dozen more. */
const REQUESTS_PER_WRITER_SECOND = 1.5;

export interface PictureSubjectProps {
  readonly aws: EmbeddedAws;
  readonly source: PicturePlace;
  readonly target: PicturePlace;
  readonly pictures: number;
  readonly seed: number;
}

/** Pictures of emojis in a bucket. */
export class PictureSubject implements Subject {
  readonly name = 'pictures';
  readonly title: string;
  readonly resource: object;
  readonly #props: PictureSubjectProps;
  readonly #client: S3Client;
  #files: readonly PictureFile[] = [];
  #seeded: ReadonlyMap<string, Picture> = new Map();

  constructor(props: PictureSubjectProps) {
    const { aws, source, target } = props;
    this.#props = props;
    this.#client = new S3Client({ ...aws.clientConfig, forcePathStyle: true, maxAttempts: 8 });
    this.title = `${uri(source)} → ${uri(target)}`;
    this.resource = { source, target };
  }

  async fill(terminal: Terminal): Promise<void> {
    const { source, target, pictures } = this.#props;
    this.#files = pictureFiles(pictures);
    const total = this.#files.length;
    for (const { bucket } of [source, target]) await createBucket(this.#client, bucket);
    this.#seeded = await loadPictures(this.#client, source, this.#files, (written) =>
      terminal.live(
        'fill pictures',
        `${bar(written / total)}  ${count(written)} of ${count(total)} pictures`,
      ),
    );
    const megabytes = this.#files.reduce((sum, { size }) => sum + size, 0) / 2 ** 20;
    terminal.line(`   ${count(total)} pictures below ${uri(source)}, ${megabytes.toFixed(1)} MiB`);
  }

  start(migration: LocalMigration): StartedSubject {
    const { source, target, seed } = this.#props;
    const client = migration.routedS3Client();
    const seeded = this.#seeded;
    const application = startPictureApplication({
      ...{ client, place: source, writers: WRITERS, seed, files: this.#files, pictures: seeded },
      ratePerWriter: REQUESTS_PER_WRITER_SECOND,
    });
    return {
      ...{ name: this.name, application },
      habits: `${WRITERS} writers of pictures: uploads, also in parts, overwrites, copies, tags, deletes, re-creations`,
      countActive: async () => {
        const ledger = await application.rest();
        const verdict = await checkPictures({ client, target: source, ledger, seeded });
        application.goOn();
        return verdict;
      },
      countBoth: async (switchedAt) =>
        checkPictures({
          ...{ client: this.#client, source, target, seeded, ledger: await application.stop() },
          switchedAt,
        }),
    };
  }
}

function uri({ bucket, prefix }: PicturePlace): string {
  return `s3://${bucket}/${prefix}`;
}
