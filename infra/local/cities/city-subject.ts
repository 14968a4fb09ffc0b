import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { bar } from '../../cli/bar.ts';
import type { EmbeddedAws } from '../embedded-aws.ts';
import type { LocalMigration } from '../migration.ts';
import type { StartedSubject, Subject } from '../subject.ts';
import type { Terminal } from '../terminal.ts';
import { count } from '../text-table.ts';
import { cityItems } from './cities.ts';
import { startCityApplication } from './city-application.ts';
import { checkCities } from './city-checker.ts';
import { createTable, loadItems } from './city-table.ts';
import type { Item } from './item-text.ts';

export interface CitySubjectProps {
  readonly aws: EmbeddedAws;
  readonly source: string;
  readonly target: string;
  readonly items: number;
  readonly writers: number;
  /** Requests a second of each writer. */
  readonly ratePerWriter: number;
  readonly seed: number;
}

/** The cities of the world in a table. */
export class CitySubject implements Subject {
  readonly name = 'cities';
  readonly title: string;
  readonly resource: object;
  readonly #props: CitySubjectProps;
  readonly #client: DynamoDBClient;
  #seeded: readonly Item[] = [];

  constructor(props: CitySubjectProps) {
    const { source, target, aws } = props;
    this.#props = props;
    this.#client = new DynamoDBClient(aws.clientConfig);
    this.title = `${source} → ${target}`;
    this.resource = { source: { table: source }, target: { table: target, create: true } };
  }

  async fill(terminal: Terminal): Promise<void> {
    const { source, items: wanted } = this.#props;
    this.#seeded = await cityItems(wanted);
    const total = this.#seeded.length;
    await createTable(this.#client, source);
    const startedAt = performance.now();
    await loadItems(this.#client, source, this.#seeded, (written) =>
      terminal.live('fill', `${bar(written / total)}  ${count(written)} of ${count(total)} items`),
    );
    const perSecond = Math.round((total * 1000) / (performance.now() - startedAt));
    terminal.line(`   ${count(total)} items in the table "${source}", ${count(perSecond)} a second`);
  }

  start(migration: LocalMigration): StartedSubject {
    const { source, target, writers, ratePerWriter, seed } = this.#props;
    const client = migration.routedClient();
    const seeded = this.#seeded;
    const application = startCityApplication({
      ...{ client, table: source, writers, ratePerWriter, seed, items: seeded },
    });
    return {
      ...{ name: this.name, application },
      habits: `${writers} writers of cities: puts, updates, deletes, re-creations, counters, claims`,
      countActive: async () => {
        const ledger = await application.rest();
        const verdict = await checkCities({ client, target: source, ledger, seeded });
        application.goOn();
        return verdict;
      },
      countBoth: async (switchedAt) =>
        checkCities({
          ...{ client: this.#client, source, target, seeded, ledger: await application.stop() },
          switchedAt,
        }),
    };
  }
}
