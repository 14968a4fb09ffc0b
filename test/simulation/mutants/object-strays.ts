import type { Focus } from '../setting.ts';
import type { Mutant } from './mutant.ts';

const STRAYS = 'shared/engine/hinted-strays.ts';

/** Every event comes in the end, and a side was left on which somebody still writes. */
const ASTRAY: Focus = { strays: 1, switches: 1, faults: { eventLost: 0 } };
/** Mistakes in telling who has written the side of a bucket that was left. */
export const OBJECT_STRAY_MUTANTS: readonly Mutant[] = [
  {
    name: 'upload-to-the-left-side-passed-over',
    rule: 'After a switch an upload to the side that was left is listed.',
    scenario: 'bucket migration',
    focus: ASTRAY,
    edits: [
      {
        file: STRAYS,
        from: "if (by === 'others') return 'stray';",
        to: "if (by === 'others') return 'nothing';",
      },
    ],
  },
  {
    name: 'stray-of-a-bucket-left-where-it-is',
    rule: 'What somebody has written to the side that was left is compared, and undone.',
    scenario: 'bucket migration',
    focus: ASTRAY,
    edits: [
      {
        file: STRAYS,
        from: "await lists.add('recheck', entriesOf('stray', 'differs'));",
        to: "await lists.add('recheck', entriesOf('differs'));",
      },
    ],
  },
];
