import type { S3Client } from '@aws-sdk/client-s3';
import { type Application, startWriters } from '../application.ts';
import { Bookkeeping } from '../bookkeeping.ts';
import type { Ledger } from '../ledger.ts';
import { Random } from '../random.ts';
import type { Picture } from './picture.ts';
import type { PicturePlace } from './picture-bucket.ts';
import type { PictureFile } from './picture-files.ts';
import { readPicture } from './picture-snapshot.ts';
import { PictureWriter } from './picture-writer.ts';
import { PictureWrites } from './picture-writes.ts';

export interface PictureApplicationProps {
  /** With the router already in it. */
  readonly client: S3Client;
  /** Where the pictures stood first: all that an application knows. */
  readonly place: PicturePlace;
  readonly writers: number;
  /** Requests a second of each writer. */
  readonly ratePerWriter: number;
  readonly seed: number;
  /** What it uploads. */
  readonly files: readonly PictureFile[];
  /** What stands there, by key: the writers share it out and change some. */
  readonly pictures: ReadonlyMap<string, Picture>;
}

/** What the application of a bucket knows of its writes. */
export interface PictureLedger extends Ledger {
  /** Uploads in parts that were open at a switch, and were begun again. */
  readonly uploadsBegunAgain: number;
}

/** Starts the application of a bucket: writers with objects of their own. */
export function startPictureApplication(props: PictureApplicationProps): Application<PictureLedger> {
  const { client, place, files, ratePerWriter, seed } = props;
  const books = new Bookkeeping();
  const writes = new PictureWrites(client, place);
  const pictures = [...props.pictures];
  const writers = Array.from(
    { length: props.writers },
    (_, index) =>
      new PictureWriter({
        ...{ name: `writer-${index + 1}`, writes, books, files },
        read: (key) => readPicture(client, place, key),
        random: new Random(seed * 1_000 + index),
        pictures: pictures.filter((_picture, position) => position % props.writers === index),
      }),
  );
  return startWriters({
    ...{ books, ratePerWriter, writers: writers.map((writer) => () => writer.step()) },
    ledger: () => ({
      ...books.close(),
      records: writers.flatMap((writer) => writer.ledger()),
      uploadsBegunAgain: writes.uploadsBegunAgain,
    }),
  });
}
