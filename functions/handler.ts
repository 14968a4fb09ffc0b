import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { PermanentError } from '../shared/errors.ts';

export const logger = new Logger();
export const metrics = new Metrics();
const tracer = new Tracer();

/** A permanent failure as data: a workflow can't tell errors of a function apart by more than their class. */
export interface Failed {
  readonly kind: 'failed';
  readonly error: string;
  readonly message: string;
}

/**
 * A handler of a workflow's task: logs with the migration's name on every line, metrics, trace. What no retry can
 * cure is returned as data; everything else is thrown and retried by the workflow.
 */
export function taskHandler<E extends object, R>(work: (event: E, context: Context) => Promise<R>) {
  return middy<E, R | Failed, Error, Context>()
    .use(captureLambdaHandler(tracer, { captureResponse: false }))
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(logMetrics(metrics, { throwOnEmptyMetrics: false }))
    .before(({ event }) => {
      const { name, phase, step, unit, term } = event as Record<string, unknown>;
      logger.appendKeys({ migration: name, phase, step, unit, term });
      tracer.putAnnotation('migration', String(name ?? ''));
    })
    .onError((request) => {
      const { error } = request;
      logger.error('the task failed', error as Error);
      if (error instanceof PermanentError)
        request.response = { kind: 'failed', error: error.name, message: error.message };
    })
    .handler(work);
}
