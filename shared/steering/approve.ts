import * as z from 'zod/mini';
import { isApprovedByItself } from '../engine/gates.ts';
import type { Problem } from '../errors.ts';
import { phaseTitle } from '../phases.ts';
import type { Action, Steered } from './action.ts';
import { momentText } from './moment.ts';

const parameters = {
  /** Everything but the switch, with the pause measured. */
  rehearse: z.optional(z.boolean()),
};

/** Lets the cutover begin, or a rehearsal of it. The first approval stands. */
export const approve: Action<typeof parameters> = {
  parameters,

  check({ journal, standing: { coordinator, name, spec, standBy } }): Problem[] {
    const { phase } = coordinator;
    // What somebody else has done to a policy needs a person in any case.
    const isAsked = standBy?.gates.some((gate) => gate.name === 'policy' && !gate.holds) === true;
    if (isApprovedByItself({ journal, spec }) && !isAsked)
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

  act: (steered, { rehearse = false }) =>
    approveNow(steered, rehearse ? { subject: 'A rehearsal of', what: 'rehearsal' } : { what: 'cutover' }),
};

interface Approved {
  readonly what: 'cutover' | 'rehearsal' | 'rollback';
  /** What stands before the migration's name. */
  readonly subject?: string;
}

/** Approves in the present direction. @returns what begins now, or what it still waits for. */
export async function approveNow(
  { journal, runtime, by, standing: { name, standBy } }: Steered,
  wanted: Approved,
): Promise<string> {
  const at = runtime.now();
  const rehearse = wanted.what === 'rehearsal';
  await journal.coordinator.approve({ by, at, ...(rehearse ? { rehearsal: true } : {}) });
  const standing = await journal.coordinator.approval();
  // An earlier approval stands, and what begins is what it says: not what was asked for now.
  const { what, subject }: Approved =
    standing?.rehearsal === true
      ? { what: 'rehearsal', subject: 'A rehearsal of' }
      : rehearse
        ? { what: 'cutover' }
        : wanted;
  const approved = subject === undefined ? name : `${subject} ${name}`;
  const shut = standBy?.gates.filter((gate) => !gate.holds && gate.name !== 'approval') ?? [];
  return [
    standing && (standing.by !== by || standing.at !== at)
      ? `${approved} was approved before, by ${standing.by} at ${momentText(standing.at)}; that approval stands.`
      : `${approved} is approved by ${by}.`,
    shut.length === 0
      ? `Every other gate was open at the last look: the ${what} begins within seconds.`
      : `The ${what} begins when these gates are open, too:`,
    ...shut.map((gate) => `  ${gate.name}: ${gate.detail}`),
  ].join('\n');
}
