import type { Mutant } from './mutant.ts';

const GATE = 'shared/journal/gate.ts';
const ROUTE = 'shared/route.ts';

const WRITE = '      this.#table.update<Route>(this.#key, update, next, asSeen(seen)),\n';

/** The transitions of the route. */
export const ROUTE_MUTANTS: readonly Mutant[] = [
  {
    name: 'route-written-blindly',
    rule: 'Each transition of the route is conditional on state and revision.',
    scenario: 'migration',
    edits: [{ file: ROUTE, from: WRITE, to: '      this.#table.update<Route>(this.#key, update, next),\n' }],
  },
  {
    name: 'lift-without-condition',
    rule: 'A lift is conditional: the switch may be made, and only its answer lost.',
    scenario: 'migration',
    edits: [
      {
        file: ROUTE,
        from: WRITE,
        to: "      this.#table.update<Route>(this.#key, update, next, state === 'source' ? undefined : asSeen(seen)),\n",
      },
    ],
  },
  {
    name: 'route-written-by-state-alone',
    rule: 'Each transition of the route is conditional on its revision: another coordinator may have come between.',
    scenario: 'migration',
    edits: [
      {
        file: ROUTE,
        from: `        expression: '#state = :seenState AND #revision = :seenRevision',
        values: { seenState: state, seenRevision: revision },`,
        to: `        expression: '#state = :seenState',
        values: { seenState: state },`,
      },
      {
        file: ROUTE,
        from: `        expression: '#state = :seenState AND #revision = :seenRevision AND #deadline = :seenDeadline',
        values: { seenState: state, seenRevision: revision, seenDeadline: deadline },`,
        to: `        expression: '#state = :seenState',
        values: { seenState: state },`,
      },
    ],
  },
  {
    name: 'switch-without-conditions',
    rule: 'The switch needs the fence to stand at its own revision, and its own closed direction: each covers the other, none of them is too little.',
    scenario: 'migration',
    focus: { part: ['switch', 'lift'] },
    edits: [
      {
        file: ROUTE,
        from: "expression: '#state = :fenced AND #revision = :seen',",
        to: "expression: '#state <> :writer OR #state = :fenced OR #revision = :seen',",
      },
      {
        file: GATE,
        from: "expression: '#open = :no AND #sealed = :no AND #revision = :seen AND #epoch = :over',",
        to: "expression: '#open = :no OR #sealed = :no OR #revision = :seen OR #epoch = :over',",
      },
    ],
  },
];
