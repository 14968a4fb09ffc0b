import type { Application } from './application.ts';
import type { LocalMigration } from './migration.ts';
import type { Terminal } from './terminal.ts';
import type { Verdict } from './verdict.ts';

/** Something that the demonstration moves under the hands of an application, and counts on both sides. */
export interface Subject {
  /** As a person calls it: `cities`. */
  readonly name: string;
  /** Where it stands and where it goes, in a line. */
  readonly title: string;
  /** The resource of the spec. */
  readonly resource: object;
  /** Makes the source, and puts there what is moved. */
  fill(terminal: Terminal): Promise<void>;
  /** Starts the application, whose client has the router in it. */
  start(migration: LocalMigration): StartedSubject;
}

/** The same while it is written. */
export interface StartedSubject {
  readonly name: string;
  readonly application: Application;
  /** What the application does, in a line. */
  readonly habits: string;
  /** Lets the application rest, counts the side that it works on, and lets it go on. */
  countActive(): Promise<Verdict>;
  /**
   * Ends the application, and counts both sides.
   * @param switchedAt when the route was switched (milliseconds since the epoch).
   */
  countBoth(switchedAt: number | undefined): Promise<Verdict>;
}
