import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ChecksumAlgorithm, ChecksumType, Checksum as WireChecksum } from '@aws-sdk/client-s3';
import { invalid } from './errors.ts';

const ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export interface Checksum {
  readonly algorithm: Algorithm;
  /** COMPOSITE: a checksum of the checksums of the parts, which depends on how the object was divided. */
  readonly type: ChecksumType;
  readonly value: string;
}

/** What S3 adds to an upload that names no algorithm (User Guide, Checking object integrity). */
export const DEFAULT_ALGORITHM: Algorithm = 'CRC64NVME';

/** @returns the algorithm that a request names, or else the default. */
export function algorithmOf(
  name: ChecksumAlgorithm | undefined,
  otherwise: Algorithm = DEFAULT_ALGORITHM,
): Algorithm {
  if (name === undefined) return otherwise;
  const known = ALGORITHMS.find((one) => one === name);
  if (!known) throw new Error(`the modelled S3 does not know the checksum ${name}`);
  return known;
}

/** The type of checksum of an object that is uploaded in parts: hashes can't be computed of a whole from its parts. */
export function typeOfUpload(algorithm: Algorithm, wanted: ChecksumType | undefined): ChecksumType {
  const type = wanted ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  const impossible = type === 'FULL_OBJECT' ? algorithm.startsWith('SHA') : algorithm === 'CRC64NVME';
  if (impossible)
    throw invalid(
      'InvalidRequest',
      `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  return type;
}

export function fullChecksum(algorithm: Algorithm, body: Uint8Array): Checksum {
  return { algorithm, type: 'FULL_OBJECT', value: digest(algorithm, body).toString('base64') };
}

/** @param parts the checksums of the parts, in their order */
export function compositeChecksum(algorithm: Algorithm, parts: readonly string[]): Checksum {
  const all = Buffer.concat(parts.map((value) => Buffer.from(value, 'base64')));
  return {
    algorithm,
    type: 'COMPOSITE',
    value: `${digest(algorithm, all).toString('base64')}-${parts.length}`,
  };
}

/** The checksum as an answer carries it. */
export function checksumFields(checksum: Checksum | undefined): WireChecksum {
  if (!checksum) return {};
  return { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type };
}

/** The same of a part, which has no type. */
export function partChecksumFields(
  checksum: Pick<Checksum, 'algorithm' | 'value'> | undefined,
): Record<string, string> {
  return checksum ? { [`Checksum${checksum.algorithm}`]: checksum.value } : {};
}

function digest(algorithm: Algorithm, bytes: Uint8Array): Buffer {
  switch (algorithm) {
    case 'SHA1':
    case 'SHA256':
      return createHash(algorithm).update(bytes).digest();
    case 'CRC32': {
      const result = Buffer.alloc(4);
      result.writeUInt32BE(crc32(bytes));
      return result;
    }
    // Node has neither of them. What matters here is that they differ with the bytes, and have their length.
    case 'CRC32C':
      return createHash('sha256').update(algorithm).update(bytes).digest().subarray(0, 4);
    case 'CRC64NVME':
      return createHash('sha256').update(algorithm).update(bytes).digest().subarray(0, 8);
  }
}
