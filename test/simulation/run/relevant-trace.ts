/** Records that decide what may be written, where to, and by whom. */
const CONTROL = /\broute \{(?!.*sk: router#)|\b(gate|permit|unit|list)#/;
/** Begin, end and accidents of tasks and shards, and what was violated. */
const LIFE = /^(begins|ends|paused|resumed|† killed|shard .* ends; .*|✗ .*)$/;
const READ = /^(?<request>(?:GetItem|BatchGetItem|Query|Scan|GetRecords) .*) → (?<found>.*)$/;
const NOTHING = /^(ok|no items|no records)$/;
const ANSWER = /^← answer of /;
const LINE = /^\s*[\d.]+ {2}(\S.*?) {2,}(.*)$/;
const LONGEST = 180;

export interface RelevantTrace {
  readonly lines: readonly string[];
  readonly leftOut: number;
}

/**
 * Of a trace, what a person needs in order to see why these keys went wrong: what touches them, the control records,
 * and the life of tasks. Without keys every line counts that is not about other records of the journal. What
 * goes, too, are reads that show their reader nothing new, and answers: an effect has its own line, an error stays.
 */
export function relevantTrace(trace: readonly string[], keys: readonly string[]): RelevantTrace {
  const mentioned = keys.length > 0 ? new RegExp(`\\b(${keys.join('|')})\\b`) : /^(?!.*\bjournal\b)/;
  const seen = new Map<string, string>();
  const lines: string[] = [];
  for (const line of trace) {
    const [, actor = '', text = line] = LINE.exec(line) ?? [];
    if (!LIFE.test(text) && !CONTROL.test(text) && !mentioned.test(text)) continue;
    if (ANSWER.test(text) || showsNothingNew(actor, text, seen)) continue;
    lines.push(line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line);
  }
  return { lines, leftOut: trace.length - lines.length };
}

/** Whether this is a read that finds what the same actor has found before; at first, nothing. */
function showsNothingNew(actor: string, text: string, seen: Map<string, string>): boolean {
  const { request = '', found = '' } = READ.exec(text)?.groups ?? {};
  if (request === '') return false;
  const read = `${actor}: ${request}`;
  const before = seen.get(read) ?? 'ok';
  seen.set(read, found);
  return found === before || (NOTHING.test(found) && NOTHING.test(before));
}
