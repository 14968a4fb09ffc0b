import type { Runtime } from '../../runtime.ts';

/** What travels with an object only where it is asked for. */
export interface AlsoCarried {
  /** Access control lists. */
  readonly acls?: boolean | undefined;
  /** Retention and legal hold of Object Lock. Whether a retention is over is told by this clock. */
  readonly objectLock?: Pick<Runtime, 'now'> | undefined;
}
