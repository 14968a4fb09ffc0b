import { isoTime, utcText } from '../report/format.ts';

/** A moment for people: 2026-11-21 09:43:48 UTC. */
export function momentText(at: number): string {
  return `${utcText(isoTime(at))} UTC`;
}
