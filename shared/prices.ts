/**
 * Prices in US dollars, us-east-1, as of November 2026. Estimates only: other Regions differ, reserved capacity and
 * free tiers are left out.
 */
export const PRICES = {
  asOf: '2026-11',
  region: 'us-east-1',
  writeUnit: 0.625 / 1_000_000,
  readUnit: 0.125 / 1_000_000,
  /** PUT, COPY and LIST of S3, and each part. */
  objectWrite: 5 / 1_000_000,
  /** GET and HEAD of S3. */
  objectRead: 0.4 / 1_000_000,
  stateTransition: 25 / 1_000_000,
  lambdaGigabyteSecond: 0.0000133334,
} as const;

/** Memory of a worker by default, for estimates: one whole vCPU. */
export const WORKER_GIGABYTES = 1.769;
