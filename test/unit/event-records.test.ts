import { expect, it } from 'vitest';
import { changeOfEvent } from '../../shared/stores/dynamodb-feed.ts';
import { RESERVED } from './engine/bench.ts';
import { cell, item, keyOf, SECOND, version } from './engine/cells.ts';

const [OLDER, NEWER] = [version(1), version(2)];

/** A record as an event source mapping delivers it. */
const record = (images: { readonly OldImage?: object; readonly NewImage?: object }) => ({
  dynamodb: {
    Keys: keyOf('a'),
    SequenceNumber: '7',
    ApproximateCreationDateTime: SECOND + 0.9,
    ...images,
  },
});
const change = (images: object) => changeOfEvent(record(images), RESERVED);

it('gives both images of a record without the reserved attribute, and its values beside them', () => {
  const OldImage = cell(item('a', 'before'), OLDER);
  const NewImage = cell(item('a', 'after'), NEWER);
  expect(change({ OldImage, NewImage })).toEqual({
    key: keyOf('a'),
    before: item('a', 'before'),
    after: item('a', 'after'),
    versionBefore: OLDER,
    versionAfter: NEWER,
    sequence: '7',
    createdSecond: SECOND,
    byTimeToLive: false,
  });
});

it('gives a tombstone as nothing, with its version', () => {
  const removed = version(2, 'tombstone');
  const found = change({ OldImage: cell(item('a', 'before'), OLDER), NewImage: cell(keyOf('a'), removed) });
  expect(found).toMatchObject({ before: item('a', 'before'), versionAfter: removed });
  expect(found).not.toHaveProperty('after');
});

it('gives no version where the migrator has written none', () => {
  const found = change({ NewImage: item('a', 'after') });
  expect(found).toMatchObject({ after: item('a', 'after') });
  for (const name of ['before', 'versionBefore', 'versionAfter']) expect(found).not.toHaveProperty(name);
});

it('reads binary values of every depth, which come as base64 text', () => {
  const bytes = Buffer.from([0, 255]);
  const text = bytes.toString('base64');
  const NewImage = {
    ...keyOf('a'),
    b: { B: text },
    s: { BS: [text] },
    m: { M: { l: { L: [{ B: text }] } } },
  };
  expect(change({ NewImage }).after).toEqual({
    ...keyOf('a'),
    b: { B: bytes },
    s: { BS: [bytes] },
    m: { M: { l: { L: [{ B: bytes }] } } },
  });
});

it('knows what time to live has removed', () => {
  const userIdentity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
  const OldImage = item('a', 'before');
  expect(changeOfEvent({ ...record({ OldImage }), userIdentity }, RESERVED).byTimeToLive).toBe(true);
});
