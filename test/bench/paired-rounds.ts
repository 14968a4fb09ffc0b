/** Something done many times, beside something else that it is compared with. */
export type Work = () => Promise<unknown>;

/** A figure in microseconds: of the one, and what the other takes more. */
export interface Paired {
  readonly plain: number;
  readonly more: number;
}

export type Figures = Readonly<Record<'median' | 'p99' | 'cpu', Paired>>;

export interface PairedRoundsProps {
  readonly plain: Work;
  readonly other: Work;
  readonly rounds: number;
  /** How often each is done in a round, one after the other. */
  readonly times: number;
}

interface Block {
  readonly took: readonly number[];
  readonly cpu: number;
}

/** Until the engine has compiled what is measured. */
const WARM_UP_TIMES = 1_000;

/**
 * Does two kinds of work in turns and compares them round by round: what else happens on the machine meets both of a
 * round alike, and one bad round is no more than one of many. Whichever went first in a round goes last in the next.
 */
export async function pairedRounds({ plain, other, rounds, times }: PairedRoundsProps): Promise<Figures> {
  await block(plain, WARM_UP_TIMES);
  await block(other, WARM_UP_TIMES);
  const blocks: Record<'plain' | 'other', Block[]> = { plain: [], other: [] };
  for (let round = 0; round < rounds; round++)
    for (const name of round % 2 === 0 ? (['plain', 'other'] as const) : (['other', 'plain'] as const))
      blocks[name].push(await block(name === 'plain' ? plain : other, times));
  const roundByRound = (figure: (block: Block) => number): Paired => {
    const [ones, others] = [blocks.plain.map(figure), blocks.other.map(figure)];
    return {
      plain: quantile(ones, 0.5),
      more: quantile(
        others.map((value, round) => value - (ones[round] as number)),
        0.5,
      ),
    };
  };
  const [p99, otherP99] = [blocks.plain, blocks.other].map((all) =>
    quantile(
      all.flatMap(({ took }) => took),
      0.99,
    ),
  ) as [number, number];
  return {
    median: roundByRound(({ took }) => quantile(took, 0.5)),
    // What is rare needs all rounds together.
    p99: { plain: p99, more: otherP99 - p99 },
    cpu: roundByRound(({ cpu }) => cpu),
  };
}

async function block(work: Work, times: number): Promise<Block> {
  const took: number[] = [];
  const before = process.cpuUsage();
  for (let time = 0; time < times; time++) {
    const began = performance.now();
    await work();
    took.push((performance.now() - began) * 1_000);
  }
  const { user, system } = process.cpuUsage(before);
  return { took, cpu: (user + system) / times };
}

/** The value that a share of the others is below; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
