import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  HeadObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { S3 } from '../../../shared/clients.ts';
import { isNamed } from '../../../shared/errors.ts';

type Send = (command: object) => Promise<object>;

/**
 * A client that judges the destination preconditions of CopyObject as AWS does (User Guide, "How to prevent object
 * overwrites with conditional writes"). It does so before the request, not at its effect: it decides no race.
 */
export function judgingCopies(client: S3): S3 {
  const send: Send = async (command) => {
    if (command instanceof CopyObjectCommand) await assertDestination(client, command.input);
    return (client.send as unknown as Send)(command);
  };
  return { send: send as unknown as S3['send'] };
}

async function assertDestination(
  client: S3,
  { Bucket, Key, IfMatch, IfNoneMatch }: CopyObjectCommandInput,
): Promise<void> {
  if (IfMatch === undefined && IfNoneMatch === undefined) return;
  const etag = await etagOf(client, { Bucket, Key });
  if (IfMatch !== undefined && etag === undefined) throw refusal('NoSuchKey', 404);
  const isMet = IfMatch === undefined ? etag === undefined : etag === IfMatch;
  if (!isMet) throw refusal('PreconditionFailed', 412);
}

async function etagOf(
  client: S3,
  target: Pick<CopyObjectCommandInput, 'Bucket' | 'Key'>,
): Promise<string | undefined> {
  try {
    return (await client.send(new HeadObjectCommand(target))).ETag;
  } catch (error) {
    if (isNamed(error, 'NotFound')) return undefined;
    throw error;
  }
}

function refusal(name: string, httpStatusCode: number): S3ServiceException {
  return new S3ServiceException({ name, $fault: 'client', $metadata: { httpStatusCode } });
}
