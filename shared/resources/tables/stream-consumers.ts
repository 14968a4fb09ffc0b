import type { Problem } from '../../errors.ts';
import type { Mapping } from './table-account.ts';
import { deleteMapping, setDestination } from './user-commands.ts';

/** States of a mapping that delivers nothing. */
const SILENT = ['Disabled', 'Disabling', 'Deleting'];
const ANEW = 'create it anew, from LATEST on, when the migration is complete';

/** The source's stream: a shard has two readers at most, and the migration is both of them. */
export function readerProblems(at: string, readers: readonly Mapping[]): Problem[] {
  if (readers.length === 0) return [];
  return [
    {
      at,
      problem: "the table's stream has a reader already",
      value: functionsOf(readers),
      allowed: 'none: a shard has at most two readers, and the migration needs both (applier and auditor)',
      change: 'remove the event source mappings until the migration is complete',
    },
  ];
}

/** The target's stream: whoever reads it would do once more what the source's writes have led to already. */
export function consumerProblems(at: string, consumers: readonly Mapping[]): Problem[] {
  return consumers
    .filter(({ state }) => !SILENT.includes(state))
    .map(({ id, functionArn }) => ({
      at,
      problem: "the target's stream has a consumer: it would take every copied item for a new one",
      value: functionArn,
      allowed: 'no enabled event source mapping until the migration is complete',
      change: `delete it (${deleteMapping(id)}) and ${ANEW}: one that is only disabled goes on, later, where it stopped`,
    }));
}

/** What can not be refused but should be known of the target's stream, which is on. */
export function unseenReaders(target: string, consumers: readonly Mapping[]): string[] {
  const silent = consumers.filter(({ state }) => SILENT.includes(state));
  return [
    ...silent.map(
      ({ id, functionArn }) =>
        `a consumer of the stream of ${target} is disabled (${functionArn}): enabled again it goes on where it stopped, and takes every copied item for a new one. Delete it (${deleteMapping(id)}) and ${ANEW}`,
    ),
    `the stream of ${target} is on: readers of it other than Lambda functions can't be seen, and each takes every copied item for a new one`,
  ];
}

/** Kinesis data streams that are given the target's changes, and their consumers with them. */
export function destinationProblems(at: string, target: string, streams: readonly string[]): Problem[] {
  return streams.map((stream) => ({
    at,
    problem:
      "the target's changes go to a Kinesis data stream, whose readers would take every copied item for a new one",
    value: stream,
    allowed: 'none until the migration is complete',
    change: `disable it (${setDestination(target, stream, false)}), and enable it again when the migration is complete`,
  }));
}

function functionsOf(mappings: readonly Mapping[]): string {
  return mappings.map(({ functionArn }) => functionArn).join(', ');
}
