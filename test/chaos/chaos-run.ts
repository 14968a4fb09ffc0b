import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { cityItems } from '../../infra/local/cities/cities.ts';
import { startCityApplication } from '../../infra/local/cities/city-application.ts';
import { checkCities } from '../../infra/local/cities/city-checker.ts';
import type { CityLedger } from '../../infra/local/cities/city-ledger.ts';
import { createTable, loadItems } from '../../infra/local/cities/city-table.ts';
import type { StackOutputs } from '../../infra/local/deploy.ts';
import type { EmbeddedAws } from '../../infra/local/embedded-aws.ts';
import { LocalError } from '../../infra/local/local-error.ts';
import { LocalMigration } from '../../infra/local/migration.ts';
import { Random } from '../../infra/local/random.ts';
import type { Terminal } from '../../infra/local/terminal.ts';
import type { Verdict } from '../../infra/local/verdict.ts';
import type { Phase } from '../../shared/phases.ts';
import type { Status } from '../../shared/status.ts';
import { DeployedWorkers } from './deployed-workers.ts';
import { Killer } from './killer.ts';
import type { Victim } from './moments.ts';
import { Operator } from './operator.ts';
import { showProgress } from './progress.ts';
import { FaultPlan } from './proxy/fault-plan.ts';
import { FaultProxy } from './proxy/fault-proxy.ts';
import type { FaultTally } from './proxy/fault-tally.ts';
import { Redelivery } from './redelivery.ts';

export interface ChaosProps {
  readonly aws: Pick<EmbeddedAws, 'clientConfig' | 'temporary'>;
  readonly outputs: StackOutputs;
  readonly name: string;
  readonly source: string;
  readonly target: string;
  /** Decides which call meets which fault, who is killed when, and what the application does. */
  readonly seed: number;
  readonly items: number;
  readonly writers: number;
  /** Requests a second of each writer. */
  readonly ratePerWriter: number;
  /** Phases in which the execution is stopped and started again, in their order. */
  readonly stopIn: readonly Phase[];
  readonly victims: Partial<Record<Victim, number>>;
  /** @default as `segue route create` does it */
  readonly createRoute?: () => Promise<void>;
  readonly terminal: Pick<Terminal, 'line' | 'live'>;
}

/** What was done to a migration, and what became of it. */
export interface ChaosResult {
  readonly verdict: Verdict;
  readonly status: Status;
  readonly faults: { readonly ofWorkers: FaultTally; readonly ofApplication: FaultTally };
  readonly kills: ReadonlyMap<Victim, number>;
  readonly stopped: readonly Phase[];
  /** Why executions failed by themselves; each was started again. */
  readonly failures: readonly string[];
  readonly redelivered: { readonly batches: number; readonly refused: number };
}

/** Longest attempt of a routed request. The cutover is safe as long as each takes effect within it. */
const REQUEST_TIMEOUT_MILLISECONDS = 2_000;

/** Migrates a table under live writes and with every kind of fault at once, and counts. */
export async function runChaos(props: ChaosProps): Promise<ChaosResult> {
  const { aws, outputs, name, source, target, seed, terminal } = props;
  const { endpoint } = aws.clientConfig;
  const watched = { name, target, journalTable: outputs.JournalTable };
  const tell = (event: string) => terminal.line(`   ${event}`);
  await using ofWorkers = await FaultProxy.start(endpoint);
  await using ofApplication = await FaultProxy.start(endpoint);
  const stack = outputs.StateMachineArn.split(':').at(-1) ?? '';
  await using workers = await DeployedWorkers.sendingTo(ofWorkers.endpoint, { aws, stack });
  injectFaults(seed, { ofWorkers, ofApplication });

  const direct = new DynamoDBClient(aws.clientConfig);
  const seeded = await cityItems(props.items);
  await createTable(direct, source);
  const loader = new DynamoDBClient({
    ...aws.clientConfig,
    endpoint: ofApplication.endpoint,
    maxAttempts: 8,
  });
  await loadItems(loader, source, seeded);
  const migration = new LocalMigration({ aws, outputs, name, source, target });
  await (props.createRoute?.() ?? migration.createRoute());
  const application = startCityApplication({
    client: migration.routedClient(ofApplication.endpoint),
    ...{ table: source, seed, items: seeded },
    ...{ writers: props.writers, ratePerWriter: props.ratePerWriter },
  });

  const killer = new Killer({ proxy: ofWorkers, workers, watched, seed, victims: props.victims, tell });
  const redelivery = new Redelivery({
    ...{ clientConfig: aws.clientConfig, source, applier: `${stack}-apply` },
    random: new Random(seed + 1_000),
  });
  const operator = new Operator({
    ...{ migration, watched, tell, spec: specOf(props), stopIn: props.stopIn, proxy: ofWorkers },
    random: new Random(seed + 2_000),
  });
  let ledger: CityLedger;
  try {
    const faults = () => ofWorkers.tally.total() + ofApplication.tally.total();
    await showProgress({ terminal, migration, application, faults }, operator.run());
  } finally {
    await Promise.all([killer.stop(), redelivery.stop()]);
    ledger = await application.stop();
  }
  const status = await migration.status();
  if (!status) throw new LocalError('the journal has forgotten the migration');
  const { switchedAt } = status.switched ?? {};
  const verdict = await checkCities({
    ...{ client: direct, source, target, ledger, seeded },
    switchedAt,
  });
  return {
    ...{ verdict, status, kills: killer.kills, stopped: operator.stopped, failures: operator.failures },
    faults: { ofWorkers: ofWorkers.tally, ofApplication: ofApplication.tally },
    redelivered: { batches: redelivery.batches, refused: redelivery.refused },
  };
}

interface Proxies {
  readonly ofWorkers: FaultProxy;
  readonly ofApplication: FaultProxy;
}

function injectFaults(seed: number, { ofWorkers, ofApplication }: Proxies): void {
  ofWorkers.inject(
    new FaultPlan({
      seed,
      latest: { effectMilliseconds: 1_000, answerMilliseconds: 1_000 },
      // A cutover begins when the last changes have arrived and been compared within a second.
      calm: 0.4,
    }),
  );
  ofApplication.inject(
    new FaultPlan({
      seed: seed + 1,
      // An answer may come too late, an effect may not: the cutover waits no longer for it.
      latest: {
        effectMilliseconds: REQUEST_TIMEOUT_MILLISECONDS / 5,
        answerMilliseconds: REQUEST_TIMEOUT_MILLISECONDS * 1.3,
      },
      // Nothing repeats an application's request but its own SDK, which says so.
      without: ['delivered twice'],
    }),
  );
}

function specOf({ name, source, target }: ChaosProps): object {
  return {
    name,
    resources: [{ source: { table: source }, target: { table: target, create: true } }],
    copy: { workers: 2, unitMegabytes: 1 },
    cutover: {
      approval: 'automatic',
      attempts: 20,
      pauseSeconds: 20,
      requestTimeoutMilliseconds: REQUEST_TIMEOUT_MILLISECONDS,
      complete: 'automatic',
      watchSeconds: 5,
    },
  };
}
