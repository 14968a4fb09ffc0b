import { isDeepStrictEqual } from 'node:util';
import { othersDocument } from '../actors/policy-keeper.ts';
import type { Stage } from '../stage.ts';

interface Policy {
  readonly Statement: unknown;
}

/** A policy as its owners have left it, by its text. */
interface Left {
  /** Undefined where they have none. */
  document: string | undefined;
  /** Somebody else has changed it since the migration has begun: then its spacing is nobody's any more. */
  changed: boolean;
}

/**
 * What others have in the policies of the tables is never lost, whatever the migration does there, and when it is over
 * they are exactly as others have left them.
 */
export class OthersPolicies {
  readonly #stage: Stage;
  readonly #left = new Map<string, Left>();

  constructor(stage: Stage) {
    this.#stage = stage;
    const { setting, world } = stage;
    for (const name of ['source', 'target']) {
      const document =
        setting.fence !== 'none' && setting.othersPolicy && name === 'source'
          ? othersDocument('0')
          : undefined;
      this.#left.set(name, { document, changed: false });
      if (document !== undefined)
        world.table(name).policies.push({
          document,
          revision: 'first',
          actor: 'owner',
          madeAt: -Infinity,
          settledAt: -Infinity,
        });
    }
    world.onPolicy((table, { document, actor }, before) => {
      if (actor.startsWith('keeper')) {
        this.#left.set(table, { document: othersIn(document), changed: true });
        return;
      }
      stage.count(`policy ${hasOwn(before) ? (hasOwn(document) ? 'changed' : 'cleared') : 'denies'}`);
      if (!isDeepStrictEqual(parsed(othersIn(before)), parsed(othersIn(document))))
        stage.violate(`somebody's policy was changed: of the ${table} by ${actor}`);
    });
  }

  assertAsOthersLeft(): void {
    for (const [table, { document, changed }] of this.#left) {
      const found = this.#stage.world.table(table).policies.at(-1)?.document;
      if (hasOwn(found)) this.#stage.violate(`a Deny was left: in the policy of the ${table}`);
      else if (changed ? !isDeepStrictEqual(parsed(found), parsed(document)) : found !== document)
        this.#stage.violate(`a policy is not as it was: of the ${table}: ${found}, expected ${document}`);
    }
  }
}

function hasOwn(document: string | undefined): boolean {
  return document?.includes('"Segue') === true;
}

/** What others have in a policy; undefined where it has nothing but the migration's own. */
function othersIn(document: string | undefined): string | undefined {
  if (document === undefined || !hasOwn(document)) return document;
  const policy = JSON.parse(document) as Policy;
  const others = [policy.Statement]
    .flat()
    .filter((statement) => !JSON.stringify(statement).includes('"Segue'));
  return others.length === 0 ? undefined : JSON.stringify({ ...policy, Statement: others });
}

/** One statement may stand without a list. */
function parsed(document: string | undefined): object | undefined {
  if (document === undefined) return undefined;
  const policy = JSON.parse(document) as Policy;
  return { ...policy, Statement: [policy.Statement].flat() };
}
