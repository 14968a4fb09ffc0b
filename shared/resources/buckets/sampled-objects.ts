import { locationName } from '../../bucket-location.ts';
import type { Problem } from '../../errors.ts';
import type { BucketLocation } from '../../model.ts';
import { inParallel } from '../../parallel.ts';
import type { BucketAccount, ObjectLook } from './bucket-account.ts';
import type { Looked } from './listing-problems.ts';

/** Objects that are looked at one by one: a page of a listing. */
const OBJECTS = 1_000;
const LOOKS_IN_FLIGHT = 32;

type Obstacle = Exclude<ObjectLook, 'readable' | 'gone'>;

const OBSTACLES: Readonly<Record<Obstacle, Pick<Problem, 'problem' | 'allowed' | 'change'>>> = {
  'own key': {
    problem: 'objects are encrypted with keys of their owner (SSE-C), without which nobody can copy them',
    allowed: 'objects that are encrypted with keys of S3 or KMS',
    change: 'write them anew without such a key (CopyObject onto themselves), or move them out of the prefix',
  },
  'archive tier': {
    problem: 'objects of Intelligent-Tiering that are archived cannot be copied',
    allowed: 'objects that can be read at once',
    change: 'restore them: they come back into the frequent access tier',
  },
};

/** Looks at the first objects of a source one by one, for what no listing tells. */
export async function lookAtSample(
  buckets: BucketAccount,
  at: string,
  source: BucketLocation,
): Promise<Looked> {
  const { value: keys = [] } = await buckets.objects(source, OBJECTS).next();
  const looks = await inParallel([...keys], LOOKS_IN_FLIGHT, async ({ Key = '' }) => ({
    key: Key,
    look: await buckets.object(source.bucket, Key),
  }));
  const problems = Object.entries(OBSTACLES).flatMap(([obstacle, texts]): Problem[] => {
    const [first, ...others] = looks.filter(({ look }) => look === obstacle);
    if (!first) return [];
    const of = `of the first ${looks.length} objects below ${locationName(source)}`;
    return [{ at, ...texts, value: `${others.length + 1} ${of}, as ${first.key}` }];
  });
  const notes =
    keys.length < OBJECTS
      ? []
      : [
          `${locationName(source)}: only the first ${OBJECTS} objects were looked at one by one; behind them one that is encrypted with a key of its owner (SSE-C) or archived by Intelligent-Tiering is not copied, and stands in the quarantine`,
        ];
  return { problems, notes };
}
