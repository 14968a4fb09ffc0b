import {
  DeleteResourcePolicyCommand,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-dynamodb';
import { isNamed } from '../../../shared/errors.ts';
import type { Stage } from '../stage.ts';
import { Random } from '../world/random.ts';
import type { Task } from '../world/task.ts';

/** A migration takes about so long, back and forth. */
const LATEST_MILLISECONDS = 150_000;
/** Before there is anything of the migration's in them. */
const EARLY_MILLISECONDS = 15_000;
const AGAIN_MILLISECONDS = 5_000;
const MOST_ATTEMPTS = 10;

/** A policy as its owner writes it, in his own way of spacing. */
export function othersDocument(revision: string): string {
  const statement = {
    Sid: `Reader${revision}`,
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::111111111111:role/reader' },
    Action: 'dynamodb:GetItem',
    Resource: '*',
  };
  return JSON.stringify({ Version: '2012-10-17', Id: 'theirs', Statement: statement }, undefined, 2);
}

/** Somebody else changes the policies of the tables: with what is there in mind, or over it, as a deployment does. */
export function changePolicies(stage: Stage, isOver: () => boolean): void {
  const { setting, world, seed } = stage;
  if (setting.fence === 'none') return;
  for (let number = 1; number <= setting.policyChanges; number++) {
    const random = new Random(seed).fork(`keeper ${number}`);
    world.scheduler.spawn(
      `keeper ${number}`,
      (task) => changePolicy(task, { stage, isOver, random, number }),
      { background: true },
    );
  }
}

interface ChangeProps {
  readonly stage: Stage;
  readonly isOver: () => boolean;
  readonly random: Random;
  readonly number: number;
}

async function changePolicy(task: Task, { stage, isOver, random, number }: ChangeProps): Promise<void> {
  const ResourceArn = stage.world.table(random.pick(['source', 'source', 'target'])).arn;
  const client = stage.world.client(task);
  const how = random.pick(['adds', 'adds', 'replaces', 'removes'] as const);
  await task.runtime.sleep(random.int(0, random.chance(0.5) ? LATEST_MILLISECONDS : EARLY_MILLISECONDS));
  if (random.chance(0.6)) {
    // Just when the migration looks at it or changes it.
    await stage.moments.next(task, 'policy', LATEST_MILLISECONDS);
    await task.runtime.sleep(random.int(0, random.pick([5, 500, 10_000])));
  }
  for (let attempt = 1; attempt <= MOST_ATTEMPTS && !isOver(); attempt++) {
    try {
      if (how === 'removes') await client.send(new DeleteResourcePolicyCommand({ ResourceArn }));
      else if (how === 'replaces')
        await client.send(
          new PutResourcePolicyCommand({ ResourceArn, Policy: othersDocument(`R${number}`) }),
        );
      else await client.send(await withOneMore(client, ResourceArn, number));
      return stage.count(`somebody ${how} a policy`);
    } catch {
      await task.runtime.sleep(AGAIN_MILLISECONDS);
    }
  }
}

async function withOneMore(
  client: ReturnType<Stage['world']['client']>,
  ResourceArn: string,
  number: number,
) {
  const own = JSON.parse(othersDocument(`A${number}`)) as { readonly Statement: object };
  try {
    const { Policy = '', RevisionId } = await client.send(new GetResourcePolicyCommand({ ResourceArn }));
    const policy = JSON.parse(Policy) as { readonly Statement: object | readonly object[] };
    const Statement = [...[policy.Statement].flat(), own.Statement];
    const changed = JSON.stringify({ ...policy, Statement });
    return new PutResourcePolicyCommand({ ResourceArn, Policy: changed, ExpectedRevisionId: RevisionId });
  } catch (error) {
    if (!isNamed(error, 'PolicyNotFoundException')) throw error;
    const Policy = JSON.stringify(own);
    return new PutResourcePolicyCommand({ ResourceArn, Policy, ExpectedRevisionId: 'NO_POLICY' });
  }
}
