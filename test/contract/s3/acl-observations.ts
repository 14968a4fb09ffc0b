import { answerOf, type Observation } from './observation.ts';
import { createBucket, type TestBucket } from './test-bucket.ts';

const WITH_ACLS = { ObjectOwnership: 'ObjectWriter' } as const;
/** Somebody else's account. */
export const SOMEBODY = 'c'.repeat(64);
const READ = { GrantRead: `id="${SOMEBODY}"` };

/** What is granted, in words that no account's id makes different; or why nobody can tell. */
async function granted(bucket: TestBucket, key: string): Promise<string> {
  const answer = await answerOf(bucket.acl(key));
  if (answer !== 'done') return answer;
  const { grants, owner } = await bucket.acl(key);
  return grants.map((grant) => grant.replace(SOMEBODY, 'somebody').replace(owner, 'the owner')).join(', ');
}

export const grantsOfObject: Observation = async (bench) => {
  const bucket = await createBucket(bench, WITH_ACLS);
  await bucket.put('k', 'content');
  return granted(bucket, 'k');
};

export const grantsAreAll: Observation = async (bench) => {
  const bucket = await createBucket(bench, WITH_ACLS);
  await bucket.put('k', 'content', READ);
  return granted(bucket, 'k');
};

export const grantsOfCopy: Observation = async (bench) => {
  const bucket = await createBucket(bench, WITH_ACLS);
  await bucket.put('from', 'content', READ);
  await bucket.copy('from', 'k');
  return granted(bucket, 'k');
};

export const grantsNamedByCopy: Observation = async (bench) => {
  const bucket = await createBucket(bench, WITH_ACLS);
  await bucket.put('from', 'content');
  await bucket.copy('from', 'k', READ);
  return granted(bucket, 'k');
};

export const grantsOfParts: Observation = async (bench) => {
  const bucket = await createBucket(bench, WITH_ACLS);
  await bucket.upload('k', ['content'], { create: READ });
  return granted(bucket, 'k');
};

export const grantsWithoutLists: Observation = async (bench) => {
  const bucket = await createBucket(bench, { ObjectOwnership: 'BucketOwnerEnforced' });
  return answerOf(bucket.put('k', 'content', READ));
};
