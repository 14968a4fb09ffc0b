import { approve } from './approve.ts';
import { abort, complete } from './end.ts';
import { pace } from './pace.ts';
import { pause } from './pause.ts';
import { postpone } from './postpone.ts';
import { resume } from './resume.ts';
import { rollback } from './rollback.ts';

/** The ways to steer a running migration, by the name that its input and the command line use. */
export const ACTIONS = {
  pause,
  resume,
  pace,
  approve,
  postpone,
  rollback,
  complete,
  abort,
};

export type ActionName = keyof typeof ACTIONS;
