import type { Random } from '../random.ts';
import type { Item } from './item-text.ts';

const PLACES = ['Αθήνα', '東京', 'Zürich', 'São Paulo', 'القاهرة', 'Łódź', '🏝', ''] as const;

/** Attributes of every type, among them what only survives when nothing touches it: 38 digits, empty text, bytes. */
export function someContent(random: Random, version: number): Item {
  return {
    version: { N: String(version) },
    name: { S: random.pick(PLACES) },
    population: { N: String(random.below(30_000_000)) },
    exact: { N: `${random.pick(['', '-'])}${random.digits(20)}.${random.digits(17)}5` },
    verified: { BOOL: random.next() < 0.5 },
    mayor: { NULL: true },
    photo: { B: random.bytes(random.below(200)) },
    codes: { NS: [random.digits(38), `0.${random.digits(9)}1`, String(random.below(100))] },
    labels: { SS: ['capital', 'harbour', `ward-${random.below(40)}`] },
    seals: { BS: [random.bytes(9), random.bytes(10)] },
    districts: {
      L: Array.from({ length: random.below(4) }, () => ({
        M: { name: { S: random.pick(PLACES) }, area: { N: random.digits(5) }, empty: { L: [] } },
      })),
    },
    description: { S: 'lorem '.repeat(random.below(200)) },
  };
}
