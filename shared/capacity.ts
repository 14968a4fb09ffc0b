/**
 * What working on a store takes of it, and what a pace limits: capacity units of tables; requests to buckets, and
 * megabytes (of 1,048,576 bytes) of objects that are copied or read.
 */
export const CAPACITY_KINDS = ['read', 'write', 'request', 'megabyte'] as const;
export type CapacityKind = (typeof CAPACITY_KINDS)[number];

/** So much of some kinds. */
export type Capacity = Readonly<Partial<Record<CapacityKind, number>>>;

export const MEGABYTE = 1024 ** 2;

/** What working on a resource of each kind takes. */
export const CAPACITY_TAKEN = {
  table: ['read', 'write'],
  bucket: ['request', 'megabyte'],
} as const satisfies Record<string, readonly CapacityKind[]>;

/** By which field each kind is limited, in a spec and in a pace. */
export const LIMIT_FIELDS = {
  read: 'readUnits',
  write: 'writeUnits',
  request: 'requestsPerSecond',
  megabyte: 'megabytesPerSecond',
} as const satisfies Record<CapacityKind, string>;
export type LimitField = (typeof LIMIT_FIELDS)[CapacityKind];
