import type { CapacityKind } from '../capacity.ts';
import { countOf, countText } from './format.ts';

const SERVICES = { read: 'DynamoDB', write: 'DynamoDB', request: 'S3', megabyte: 'S3' } as const;

/** So much of a kind of capacity: 500 write units, 20 MB. */
export function capacityText(kind: CapacityKind, units: number): string {
  switch (kind) {
    case 'read':
    case 'write':
      return countOf(units, `${kind} unit`);
    case 'request':
      return countOf(units, 'S3 request');
    case 'megabyte':
      return `${countText(units)} MB of objects`;
  }
}

/** The service whose limits are met by that kind. */
export function serviceOf(kind: CapacityKind): string {
  return SERVICES[kind];
}
