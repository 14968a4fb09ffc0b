import * as z from 'zod/mini';
import type { Problem } from '../errors.ts';
import { phaseTitle } from '../phases.ts';
import type { Action } from './action.ts';
import { momentText } from './moment.ts';

const parameters = {
  /** Everything but the switch, with the pause measured. */
  rehearse: z.optional(z.boolean()),
};

/** Lets the cutover begin, or a rehearsal of it. The first approval stands. */
export const approve: Action<typeof parameters> = {
  parameters,

  check({ standing: { coordinator, name, spec } }): Problem[] {
    const { phase } = coordinator;
    if (spec.cutover.approval === 'automatic')
      return [
        {
          at: 'action',
          problem: `${name} needs no approval: its spec says cutover.approval "automatic"`,
          change: 'nothing: it cuts over by itself',
        },
      ];
    if (phase === 'ready') return [];
    return [
      {
        at: 'action',
        problem: `there is nothing to approve in the phase ${phaseTitle(phase)}`,
        value: phase,
        allowed: 'it can be approved in Ready',
        change: `watch it with "segue watch ${name}"`,
      },
    ];
  },

  async act({ journal, runtime, by, standing: { name, standBy } }, { rehearse = false }) {
    const at = runtime.now();
    await journal.coordinator.approve({ by, at, ...(rehearse ? { rehearsal: true } : {}) });
    const standing = await journal.coordinator.approval();
    // An earlier approval stands, and what begins is what it says: not what was asked for now.
    const rehearsal = standing ? standing.rehearsal === true : rehearse;
    const approved = rehearsal ? `A rehearsal of ${name}` : name;
    const shut = standBy?.gates.filter((gate) => !gate.holds && gate.name !== 'approval') ?? [];
    return [
      standing && (standing.by !== by || standing.at !== at)
        ? `${approved} was approved before, by ${standing.by} at ${momentText(standing.at)}; that approval stands.`
        : `${approved} is approved by ${by}.`,
      shut.length === 0
        ? `Every other gate was open at the last look: the ${rehearsal ? 'rehearsal' : 'cutover'} begins within seconds.`
        : `The ${rehearsal ? 'rehearsal' : 'cutover'} begins when these gates are open, too:`,
      ...shut.map((gate) => `  ${gate.name}: ${gate.detail}`),
    ].join('\n');
  },
};
