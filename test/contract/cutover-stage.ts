import { DirectionGate, type NextDirection } from '../../shared/journal/gate.ts';
import { RecordTable } from '../../shared/journal/table.ts';
import { type Route, RouteTable } from '../../shared/route.ts';
import type { Actor, Bench } from './judge.ts';
import { createJournalTable } from './record-contract.ts';
import { createTable } from './test-table.ts';

const TABLES = [{ source: 'old', target: 'new', keys: [{ name: 'id', type: 'S' }] }] as const;
export const PAUSE_MILLISECONDS = 10_000;

/** What follows a switch: a way back. */
export const WAY_BACK: NextDirection = { open: true, sealed: false, since: 7, floor: 9 };

/** Route and gate of one migration, as each process sees them. */
export interface CutoverStage {
  route(actor?: Actor): RouteTable;
  /** @param epoch the direction that the process was made for. @default the first one */
  gate(actor?: Actor, epoch?: number): DirectionGate;
}

/** A route that points at the source, and a direction that is open. */
export async function cutoverStage(bench: Bench): Promise<CutoverStage> {
  const routes = await createTable(bench, [
    { name: 'name', type: 'S' },
    { name: 'sk', type: 'S' },
  ]);
  const journal = await createJournalTable(bench);
  const stage: CutoverStage = {
    route: ({ client, runtime } = bench) => new RouteTable(client, routes.name, 'm', runtime),
    gate: ({ client, runtime } = bench, epoch = 1) =>
      new DirectionGate(new RecordTable(client, journal), 'm', runtime, epoch),
  };
  await stage.route().create(TABLES, '_segue:m');
  await stage.gate().create();
  return stage;
}

export async function current(stage: CutoverStage): Promise<Route> {
  const route = await stage.route().read();
  if (!route) throw new Error('there is no route');
  return route;
}

/** The same, announced and fenced. @returns the route as it stands then */
export async function fenced(bench: Bench, stage: CutoverStage): Promise<Route> {
  const announced = await stage.route().announce(await current(stage), bench.runtime.now() + 1_000);
  return stage.route().fence(announced, bench.runtime.now() + PAUSE_MILLISECONDS);
}

/** Everything that the switch of a direction needs: fenced, its gate shut, and what comes next. */
export async function readyToSwitch(bench: Bench, stage: CutoverStage, epoch = 1) {
  const route = await fenced(bench, stage);
  const gate = stage.gate(bench, epoch);
  const revision = await gate.move(false, (await gate.read()).revision);
  return { route, revision, next: gate.next(revision, WAY_BACK) };
}
