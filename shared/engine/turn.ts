/** What a turn of a waiting phase answers to its workflow. */
export interface Turn {
  readonly done: boolean;
  readonly waitSeconds: number;
}

/** The same where the migration ends before it has come to stand by. */
export interface EndingTurn extends Turn {
  readonly next: 'end';
}
