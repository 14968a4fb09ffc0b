import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectAttributesCommand,
  type GetObjectAttributesCommandInput,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import type { ObjectSeed } from '../../../simulation/world/s3/object-seed.ts';
import { objectRequests, refused } from './object-requests.ts';

const { currentWorld, request, put, head, stored } = objectRequests();

const attributes = (Key: string, rest: Partial<GetObjectAttributesCommandInput> = {}) =>
  request((s3) =>
    s3.send(
      new GetObjectAttributesCommand({
        Bucket: 'source',
        Key,
        ObjectAttributes: ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'],
        ...rest,
      }),
    ),
  );

const inParts = (rest: Partial<ObjectSeed> = {}): void =>
  currentWorld().putObject('source', { key: 'a', body: '12345678', parts: [4, 4], ...rest });

/** Uploads two parts, and completes them with what their uploads answered, or with their ETags alone. */
async function uploaded(rest: Partial<CreateMultipartUploadCommandInput>, withChecksums = true) {
  const object = { Bucket: 'source', Key: 'a' };
  const { UploadId } = await request((s3) =>
    s3.send(new CreateMultipartUploadCommand({ ...object, ...rest })),
  );
  const Parts: CompletedPart[] = [];
  for (const PartNumber of [1, 2]) {
    const part = await request((s3) =>
      s3.send(new UploadPartCommand({ ...object, UploadId, PartNumber, Body: '1234' })),
    );
    Parts.push({ ...(withChecksums ? part : { ETag: part.ETag }), PartNumber });
  }
  return request((s3) =>
    s3.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } })),
  );
}

describe('checksums', () => {
  it('are CRC64NVME of the whole where nobody names another one', async () => {
    await put('a', 'text');
    expect(stored('source', 'a')?.checksum).toMatchObject({ algorithm: 'CRC64NVME', type: 'FULL_OBJECT' });
    await uploaded({});
    expect(stored('source', 'a')?.checksum).toMatchObject({ algorithm: 'CRC64NVME', type: 'FULL_OBJECT' });
  });

  it('are those of the field: CRC32 and SHA-256 of known bytes', async () => {
    await put('a', '123456789', { ChecksumAlgorithm: 'CRC32' });
    expect(stored('source', 'a')?.checksum?.value).toBe(Buffer.from('cbf43926', 'hex').toString('base64'));
    await put('a', '', { ChecksumAlgorithm: 'SHA256' });
    expect(stored('source', 'a')?.checksum?.value).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
  });

  it('of the whole are the same however it was uploaded', async () => {
    await uploaded({ ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
    const { checksum } = stored('source', 'a') ?? {};
    await put('b', '12341234', { ChecksumAlgorithm: 'CRC32' });
    expect(stored('source', 'b')?.checksum).toEqual(checksum);
  });

  it('of the parts are of the type COMPOSITE, by default of all algorithms but CRC64NVME', async () => {
    expect(await uploaded({ ChecksumAlgorithm: 'SHA256' })).toMatchObject({
      ChecksumType: 'COMPOSITE',
      ChecksumSHA256: expect.stringMatching(/-2$/),
    });
  });

  it('of the parts are completed with the checksum of each part only', async () => {
    await expect(uploaded({ ChecksumAlgorithm: 'SHA256' }, false)).rejects.toMatchObject(
      refused('InvalidRequest', 400),
    );
    await uploaded({ ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' }, false);
  });

  it('are of a type that their algorithm can have', async () => {
    for (const said of [
      { ChecksumAlgorithm: 'SHA1', ChecksumType: 'FULL_OBJECT' },
      { ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'COMPOSITE' },
    ] as const)
      await expect(uploaded(said)).rejects.toMatchObject(refused('InvalidRequest', 400));
  });

  it('of a part are of the kind that was said when its upload was created', async () => {
    const object = { Bucket: 'source', Key: 'a' };
    const part = await request(async (s3) => {
      const create = new CreateMultipartUploadCommand({ ...object, ChecksumAlgorithm: 'SHA256' });
      const { UploadId } = await s3.send(create);
      const upload = { ...object, UploadId, PartNumber: 1, Body: '1234' };
      await expect(
        s3.send(new UploadPartCommand({ ...upload, ChecksumAlgorithm: 'CRC32' })),
      ).rejects.toMatchObject(refused('InvalidRequest', 400));
      return s3.send(new UploadPartCommand({ ...upload, ChecksumAlgorithm: 'SHA256' }));
    });
    expect(part.ChecksumSHA256).toBeDefined();
  });

  it('are shown by HEAD if it is asked for them', async () => {
    await put('a', 'text', { ChecksumAlgorithm: 'SHA1' });
    expect(await head('a')).not.toHaveProperty('ChecksumSHA1');
    expect(await head('a', { ChecksumMode: 'ENABLED' })).toMatchObject({
      ChecksumSHA1: stored('source', 'a')?.checksum?.value,
      ChecksumType: 'FULL_OBJECT',
    });
  });

  it('are missing on old objects', async () => {
    inParts({ checksum: 'none' });
    expect(await head('a', { ChecksumMode: 'ENABLED' })).not.toHaveProperty('ChecksumType');
    expect(await attributes('a')).not.toHaveProperty('Checksum');
  });
});

describe('the attributes of an object', () => {
  it('have its ETag without quotes, its size, its checksum, and its storage class if it is not the usual one', async () => {
    const { ETag = '' } = await put('a', 'text', { StorageClass: 'STANDARD_IA' });
    expect(await attributes('a')).toMatchObject({
      ETag: ETag.replaceAll('"', ''),
      ObjectSize: 4,
      StorageClass: 'STANDARD_IA',
      Checksum: { ChecksumCRC64NVME: stored('source', 'a')?.checksum?.value, ChecksumType: 'FULL_OBJECT' },
    });
    await put('a', 'text');
    expect(await attributes('a')).not.toHaveProperty('StorageClass');
    expect(await attributes('a')).not.toHaveProperty('ObjectParts');
  });

  it('are those that were asked for', async () => {
    await put('a', 'text');
    const { $metadata, LastModified, ...asked } = await attributes('a', { ObjectAttributes: ['ObjectSize'] });
    expect(asked).toEqual({ ObjectSize: 4 });
  });

  it('list parts that have a checksum of another kind than the default, and count all', async () => {
    inParts();
    expect((await attributes('a')).ObjectParts).toEqual({ TotalPartsCount: 2 });
    inParts({ checksum: { algorithm: 'SHA256' } });
    const { ObjectParts } = await attributes('a', { MaxParts: 1 });
    expect(ObjectParts).toMatchObject({
      TotalPartsCount: 2,
      IsTruncated: true,
      Parts: [{ PartNumber: 1, Size: 4, ChecksumSHA256: expect.any(String) }],
    });
    const rest = await attributes('a', { PartNumberMarker: ObjectParts?.NextPartNumberMarker });
    expect(rest.ObjectParts).toMatchObject({ IsTruncated: false, Parts: [{ PartNumber: 2 }] });
  });
});

describe('HEAD of a part', () => {
  it('tells its size and the number of parts', async () => {
    inParts({ body: '123456789', parts: [4, 5] });
    expect(await head('a', { PartNumber: 2 })).toMatchObject({ ContentLength: 5, PartsCount: 2 });
  });

  it('knows no number of parts of what was uploaded in one piece', async () => {
    await put('a', 'text');
    const answer = await head('a', { PartNumber: 1 });
    expect(answer).toMatchObject({ ContentLength: 4 });
    expect(answer).not.toHaveProperty('PartsCount');
    await expect(head('a', { PartNumber: 2 })).rejects.toMatchObject(refused('Unknown', 416));
  });
});
