#!/usr/bin/env -S node --experimental-strip-types --disable-warning=ExperimentalWarning
import { systemContext } from './context.ts';
import { run } from './run.ts';

process.exitCode = await run(process.argv.slice(2), systemContext);
