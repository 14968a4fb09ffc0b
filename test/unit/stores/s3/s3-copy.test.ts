import { describe, expect, it } from 'vitest';
import { goesInParts } from '../../../../shared/stores/s3/s3-copy.ts';
import type { Checksum } from '../../../../shared/stores/s3/s3-object.ts';
import { objectOf } from '../../../../shared/stores/s3/s3-object.ts';

const GIGABYTE = 1024 ** 3;
const DIGEST = '"0123456789abcdef0123456789abcdef"';
const OF_PARTS = '"0123456789abcdef0123456789abcdef-3"';
const CRC: Checksum = { algorithm: 'CRC32', type: 'FULL_OBJECT', value: 'AAAAAA==' };
const SHA: Checksum = { algorithm: 'SHA256', type: 'FULL_OBJECT', value: 'digest' };
const OF_SUMS: Checksum = { algorithm: 'SHA256', type: 'COMPOSITE', value: 'digest-3' };

describe('what is copied in parts', () => {
  const inParts = (gigabytes: number, ETag: string, ...checksums: Checksum[]) =>
    goesInParts(
      { singleBytes: GIGABYTE },
      { ...objectOf('a', { $metadata: {}, ETag, ContentLength: gigabytes * GIGABYTE }), checksums },
    );

  it('is what is larger than it may be, and keeps a checksum of all its bytes', () => {
    for (const etag of [DIGEST, OF_PARTS]) {
      expect(inParts(1, etag, CRC)).toBe(false);
      expect(inParts(1.1, etag, CRC)).toBe(true);
    }
  });

  it('is what was uploaded in parts, where only the same parts prove it equal', () => {
    expect(inParts(0.1, OF_PARTS)).toBe(true);
    expect(inParts(0.1, OF_PARTS, OF_SUMS)).toBe(true);
    expect(inParts(0, OF_PARTS)).toBe(false);
  });

  it('is not what was uploaded at once, where only that proves it equal, as far as S3 copies it at once', () => {
    for (const checksums of [[], [SHA]]) {
      expect(inParts(5, DIGEST, ...checksums)).toBe(false);
      expect(inParts(5.1, DIGEST, ...checksums)).toBe(true);
    }
  });
});
