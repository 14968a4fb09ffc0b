import type { Focus } from '../setting.ts';
import type { Mutant } from './mutant.ts';

const REPAIR = 'shared/engine/repair.ts';
const VERIFY = 'shared/engine/verify.ts';
const LISTS = 'shared/journal/key-lists.ts';

const CELL = '    const [cell] = (await resource.target.read([key])) as [Cell];\n';
const ACTIVE = '    const [activeCell] = (await resource.source.read([key])) as [Cell];\n';
const CLEAR = "    if (entry) await lists.remove('quarantine', entry);\n";

/** Few keys that are written and refused all the time, and requests that are slow enough for others to go between. */
const BESIDE_WRITERS: Focus = {
  keys: 3,
  initialItems: 3,
  targetItems: 0,
  writers: 3,
  writes: 40,
  restMilliseconds: 500,
  poison: 0.4,
  invocationMilliseconds: 30_000,
  faults: { slowAnswer: 0.1, slowRequest: 0.2 },
};

/** Comparing and repairing. */
export const REPAIR_MUTANTS: readonly Mutant[] = [
  {
    name: 'repair-reads-active-side-first',
    rule: 'A repair reads the passive cell, then the active side: its write is conditional on what was read first.',
    scenario: 'data path',
    focus: BESIDE_WRITERS,
    edits: [{ file: REPAIR, from: CELL + ACTIVE, to: ACTIVE + CELL }],
  },
  {
    name: 'repair-skips-equal',
    rule: 'A quarantined key is stamped even when it is equal.',
    scenario: 'data path',
    edits: [
      {
        file: REPAIR,
        from: "    if (equal && !entry) return 'equal';\n",
        to: `    if (equal) {
      if (entry) await lists.remove('quarantine', entry);
      return 'equal';
    }
`,
      },
    ],
  },
  {
    name: 'repair-stamps-without-the-cell',
    rule: 'A repair is stamped with the highest version known, that of the cell included.',
    scenario: 'data path',
    edits: [
      {
        file: REPAIR,
        from: 'const known = [seen, quarantined].filter((value) => value !== undefined);',
        to: 'const known = [quarantined].filter((value) => value !== undefined);',
      },
    ],
  },
  {
    name: 'repair-stamps-without-the-entry',
    rule: 'A repair is stamped with the highest version known, that of the quarantine entry included.',
    scenario: 'data path',
    edits: [
      {
        file: REPAIR,
        from: 'const known = [seen, quarantined].filter((value) => value !== undefined);',
        to: 'const known = [seen].filter((value) => value !== undefined);',
      },
    ],
  },
  {
    name: 'tombstones-of-repairs-not-listed',
    rule: 'The key of a tombstone is listed, also when a repair writes it.',
    scenario: 'migration',
    edits: [{ file: REPAIR, from: "    if (!item) await lists.add('tombstone', [listed]);\n", to: '' }],
  },
  {
    name: 'entry-cleared-before-the-write',
    rule: 'A quarantine entry goes when its repair is durable, not before.',
    scenario: 'data path',
    edits: [
      { file: REPAIR, from: CLEAR, to: '' },
      {
        file: REPAIR,
        from: "    await lists.add('repaired', [listed]);\n",
        to: `    await lists.add('repaired', [listed]);\n${CLEAR}`,
      },
    ],
  },
  {
    name: 'entry-cleared-blindly',
    rule: 'A quarantine entry goes only if no newer record has joined it.',
    scenario: 'data path',
    focus: BESIDE_WRITERS,
    edits: [
      {
        file: LISTS,
        from: `    await this.#table.delete(this.#key(kind, entry), {
      expression: '#version = :seen',
      values: { seen: entry.version },
    });`,
        to: '    await this.#table.delete(this.#key(kind, entry));',
      },
    ],
  },
  {
    name: 'rejected-repair-taken-for-done',
    rule: 'What a repair can not write stays in quarantine.',
    scenario: 'data path',
    edits: [
      {
        file: REPAIR,
        from: "if (result.verdict === 'rejected' && (closed || !oversize)) {",
        to: "if (result.verdict === 'rejected' && closed && !oversize) {",
      },
    ],
  },
  {
    name: 'overtaken-repair-taken-for-done',
    rule: 'A repair whose condition fails starts over.',
    scenario: 'data path',
    edits: [
      {
        file: REPAIR,
        from: `      await runtime.sleep(Math.ceil(20 * runtime.random()));
      continue;`,
        to: "      return 'equal';",
      },
      {
        file: REPAIR,
        from: 'let result: WriteResult = await resource.target.write({ ...write, version });',
        to: `let result: WriteResult = await resource.target.write({ ...write, version });
    if (entry) await lists.remove('quarantine', entry);`,
      },
    ],
  },
  {
    name: 'verify-ignores-target-only-keys',
    rule: 'Both sides are compared: keys that only the target holds are found.',
    scenario: 'data path',
    edits: [
      {
        file: VERIFY,
        from: 'return [...this.#different, ...this.#waiting.source.keys(), ...this.#waiting.target.keys()];',
        to: 'return [...this.#different, ...this.#waiting.source.keys()];',
      },
    ],
  },
  {
    name: 'verify-compares-keys-alone',
    rule: 'Both sides are compared item by item, content included.',
    scenario: 'data path',
    edits: [
      {
        file: VERIFY,
        from: 'if (other !== digest) this.#different.add(key);',
        to: 'if (!other) this.#different.add(key);',
      },
    ],
  },
  {
    name: 'verify-ends-with-the-shorter-side',
    rule: 'A unit is compared when both scans have come to their end.',
    scenario: 'data path',
    edits: [
      {
        file: VERIFY,
        from: '  const done = source.done && target.done;\n',
        to: '  const done = source.done;\n',
      },
      { file: VERIFY, from: 'if (source.done && target.done) break;', to: 'if (source.done) break;' },
    ],
  },
];
