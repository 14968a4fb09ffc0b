import {
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import type { DynamoDB } from '../../shared/clients.ts';
import { CutoverGivenUpError, DirectionClosedError } from '../../shared/errors.ts';
import type { TransactUpdate } from '../../shared/journal/table.ts';
import type { Route } from '../../shared/route.ts';
import {
  type CutoverStage,
  current,
  cutoverStage,
  fenced,
  PAUSE_MILLISECONDS,
  readyToSwitch,
  WAY_BACK,
} from './cutover-stage.ts';
import { type Actor, type Contract, later } from './judge.ts';
import { losingAnswer } from './lossy-client.ts';
import { recorded } from './recorded-client.ts';

/** A switch that is refused changes neither the route nor the gate. */
async function refused(stage: CutoverStage, route: Route, next: TransactUpdate): Promise<void> {
  const before = [await current(stage), await stage.gate().read()];
  await expect(stage.route().switch(route, next)).rejects.toThrow(CutoverGivenUpError);
  expect([await current(stage), await stage.gate().read()]).toEqual(before);
}

/** The switch: route and gate in one transaction, both or neither. */
export function switchContract({ it, always }: Contract): void {
  it('points the route at the target and begins the next direction', async (bench) => {
    const stage = await cutoverStage(bench);
    const { route, revision, next } = await readyToSwitch(bench, stage);
    await stage.route().switch(route, next);
    const switched = await current(stage);
    expect(switched).toMatchObject({
      state: 'target',
      active: 'target',
      revision: route.revision + 1,
      tables: route.tables,
    });
    expect(switched).not.toHaveProperty('fenceAt');
    expect(switched).not.toHaveProperty('deadline');
    expect(await stage.gate().read()).toMatchObject({ ...WAY_BACK, epoch: 2, revision: revision + 1 });
  });

  it('points the route at the source again, and begins the third direction', async (bench) => {
    const stage = await cutoverStage(bench);
    const forward = await readyToSwitch(bench, stage);
    await stage.route().switch(forward.route, forward.next);
    const { route, revision, next } = await readyToSwitch(bench, stage, 2);
    expect(route).toMatchObject({ state: 'fenced', active: 'target' });
    await stage.route().switch(route, next);
    expect(await current(stage)).toMatchObject({
      state: 'source',
      active: 'source',
      revision: route.revision + 1,
    });
    expect(await stage.gate().read()).toMatchObject({ ...WAY_BACK, epoch: 3, revision: revision + 1 });
  });

  it('lets routers hold on to the route for long again', async (bench) => {
    const stage = await cutoverStage(bench);
    const { cacheMilliseconds, attemptMilliseconds } = await current(stage);
    await stage.route().tighten(await current(stage), 500);
    const { route, next } = await readyToSwitch(bench, stage);
    await stage.route().switch(route, next);
    expect(await current(stage)).toMatchObject({ cacheMilliseconds, attemptMilliseconds });
  });

  it('is refused while the gate is open', async (bench) => {
    const stage = await cutoverStage(bench);
    await refused(stage, await fenced(bench, stage), stage.gate().next(1, WAY_BACK));
  });

  it('is refused when the gate is sealed, also for a route that was created anew', async (bench) => {
    const stage = await cutoverStage(bench);
    const { route, revision } = await readyToSwitch(bench, stage);
    const last = stage.gate().next(revision, { ...WAY_BACK, open: false, sealed: true });
    await stage.route().switch(route, last);
    await stage.route().retire(await current(stage));
    await stage.route().create([], '_segue:m');
    await refused(stage, await fenced(bench, stage), stage.gate(bench, 2).next(revision + 1, WAY_BACK));
  });

  it('is not tried again when it was refused', async (bench) => {
    const stage = await cutoverStage(bench);
    const { actor, operations } = recorded(bench);
    const seen = await fenced(bench, stage);
    await expect(stage.route(actor).switch(seen, stage.gate().next(1, WAY_BACK))).rejects.toThrow(
      CutoverGivenUpError,
    );
    expect(operations.filter((operation) => operation === 'TransactWriteItems')).toHaveLength(1);
  });

  it('is refused when the gate was moved since it was seen', async (bench) => {
    const stage = await cutoverStage(bench);
    const { route, revision, next } = await readyToSwitch(bench, stage);
    await stage.gate().move(true, revision);
    await stage.gate().move(false, revision + 1);
    await refused(stage, route, next);
  });

  it('is refused when the route is not fenced, or not at the revision that was seen', async (bench) => {
    const stage = await cutoverStage(bench);
    const next = stage.gate().next(await stage.gate().move(false, 1), WAY_BACK);
    await refused(stage, await current(stage), next);
    const announced = await stage.route().announce(await current(stage), 1_000);
    await refused(stage, announced, next);
    const seen = await stage.route().fence(announced, bench.runtime.now() + PAUSE_MILLISECONDS);
    await stage.route().raise(seen);
    await refused(stage, seen, next);
  });

  it('is refused a second time, and nothing of its direction moves route or gate any more', async (bench) => {
    const stage = await cutoverStage(bench);
    const { route, revision, next } = await readyToSwitch(bench, stage);
    await stage.route().switch(route, next);
    await refused(stage, route, next);
    const switched = await current(stage);
    await refused(stage, { ...route, revision: switched.revision }, next);
    const gate = await stage.gate().read();
    await expect(stage.gate().move(true, revision)).rejects.toThrow(CutoverGivenUpError);
    for (const recheckOf of [undefined, revision, revision + 1])
      await expect(stage.gate().take('recheck', bench.runtime.now() + 1_000, recheckOf)).rejects.toThrow(
        DirectionClosedError,
      );
    await expect(stage.route().lift(route)).rejects.toThrow(CutoverGivenUpError);
    expect([await current(stage), await stage.gate().read()]).toEqual([switched, gate]);
  });

  it('is refused after a router’s lift', async (bench) => {
    const stage = await cutoverStage(bench);
    const { route, next } = await readyToSwitch(bench, stage);
    await stage.route(later(bench, PAUSE_MILLISECONDS + 1)).lift(route);
    await refused(stage, route, next);
  });

  it('is made once when its answer is lost', async (bench) => {
    const stage = await cutoverStage(bench);
    const { route, revision, next } = await readyToSwitch(bench, stage);
    await stage.route(losingAnswer(bench, 'TransactWriteItems')).switch(route, next);
    expect(await current(stage)).toMatchObject({ state: 'target', revision: route.revision + 1 });
    expect(await stage.gate().read()).toMatchObject({ epoch: 2, revision: revision + 1 });
  });

  it('knows its own writing when the token of a lost answer is forgotten: it is kept 10 minutes', async (bench) => {
    const stage = await cutoverStage(bench);
    const { route, next } = await readyToSwitch(bench, stage);
    const client = withoutTokens(bench.client);
    await stage.route(losingAnswer({ ...bench, client }, 'TransactWriteItems')).switch(route, next);
    expect(await current(stage)).toMatchObject({ state: 'target', revision: route.revision + 1 });
  });

  it('is sent again as it was, under the same token, when it meets another transaction', async (bench) => {
    const stage = await cutoverStage(bench);
    const { route, next } = await readyToSwitch(bench, stage);
    const sent: TransactWriteItemsCommandInput[] = [];
    await stage.route({ ...bench, client: conflicting(bench.client, sent) }).switch(route, next);
    expect(sent).toHaveLength(3);
    // DynamoDB refuses a token that comes with another request.
    expect(sent.every((input) => JSON.stringify(input) === JSON.stringify(sent[0]))).toBe(true);
    expect(await current(stage)).toMatchObject({ state: 'target' });
  });

  always('exactly one of switch and lift wins', async (bench) => {
    const stage = await cutoverStage(bench);
    const { route, next } = await readyToSwitch(bench, stage);
    const router = (actor: Actor) => stage.route(later(actor, PAUSE_MILLISECONDS + 1)).lift(route);
    const [switched, ...lifts] = await bench.together<unknown>(
      (actor) => stage.route(actor).switch(route, next),
      router,
      router,
    );
    const won = [switched, ...lifts].filter((result) => result?.status === 'fulfilled');
    expect(won).toHaveLength(1);
    for (const result of [switched, ...lifts])
      if (result?.status === 'rejected') expect(result.reason).toBeInstanceOf(CutoverGivenUpError);
    const isSwitched = switched?.status === 'fulfilled';
    expect(await current(stage)).toMatchObject({
      state: isSwitched ? 'target' : 'source',
      revision: route.revision + 1,
    });
    expect(await stage.gate().read()).toMatchObject({ open: isSwitched, epoch: isSwitched ? 2 : 1 });
  });

  always('exactly one of switch and reopening wins', async (bench) => {
    const stage = await cutoverStage(bench);
    const { route, revision, next } = await readyToSwitch(bench, stage);
    const [switched, reopened] = await bench.together<unknown>(
      (actor) => stage.route(actor).switch(route, next),
      (actor) => stage.gate(actor).move(true, revision),
    );
    expect([switched?.status, reopened?.status].sort()).toEqual(['fulfilled', 'rejected']);
    const isSwitched = switched?.status === 'fulfilled';
    expect(await stage.gate().read()).toMatchObject({ open: true, epoch: isSwitched ? 2 : 1 });
    expect(await current(stage)).toMatchObject({ state: isSwitched ? 'target' : 'fenced' });
  });
}

/** A client for which no transaction is the same as another one. */
function withoutTokens(client: DynamoDB): DynamoDB {
  return {
    send: ((command: TransactWriteItemsCommand) => {
      if (!(command instanceof TransactWriteItemsCommand)) return client.send(command);
      const { ClientRequestToken: _, ...input } = command.input;
      return client.send(new TransactWriteItemsCommand(input));
    }) as DynamoDB['send'],
  };
}

/** A client whose first two transactions meet another one. @param sent gets every transaction that was asked for */
function conflicting(client: DynamoDB, sent: TransactWriteItemsCommandInput[]): DynamoDB {
  return {
    send: ((command: TransactWriteItemsCommand) => {
      if (command instanceof TransactWriteItemsCommand && sent.push(command.input) <= 2)
        return Promise.reject(
          new TransactionCanceledException({
            message: 'Transaction cancelled',
            $metadata: {},
            CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
          }),
        );
      return client.send(command);
    }) as DynamoDB['send'],
  };
}
