import { approve } from './approve.ts';
import { pace } from './pace.ts';
import { pause } from './pause.ts';
import { postpone } from './postpone.ts';
import { resume } from './resume.ts';

/** The ways to steer a running migration, by the name that its input and the command line use. */
export const ACTIONS = { pause, resume, pace, approve, postpone };

export type ActionName = keyof typeof ACTIONS;
