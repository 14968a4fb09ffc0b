import type { TestProject } from 'vitest/node';
import { bootstrap, deploy, type StackOutputs } from '../../infra/local/deploy.ts';
import { type EmbeddedAws, install, startEmbeddedAws } from '../../infra/local/embedded-aws.ts';
import { Processes } from '../../infra/local/processes.ts';
import { openWorkspace } from '../../infra/local/workspace.ts';
import { SOURCE_BUCKETS, TARGET_BUCKETS } from './buckets.ts';
import { LOOKS } from './looks.ts';
import { OBJECT_STACK } from './object-stack.ts';
import { SOURCES, TARGETS } from './tables.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Options of every SDK client. */
    clientConfig: EmbeddedAws['clientConfig'];
    outputs: StackOutputs;
    /** Of the stack for tables and buckets. */
    objectOutputs: StackOutputs;
    /** Folder below which the Lambda functions run. */
    temporary: string;
    /** Log of the embedded AWS, those of the Lambda functions included. */
    log: string;
    /** File with the judgement of each request that a role has made. */
    calls: string;
  }
}

/** Starts one embedded AWS for all emulator tests, with IAM enforced, and deploys the stack that a user deploys. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const workspace = openWorkspace();
  const processes = new Processes();
  const tearDown = async () => {
    await processes[Symbol.asyncDispose]();
    workspace[Symbol.dispose]();
  };
  try {
    await install({ processes, workspace });
    const calls = workspace.file('calls.jsonl');
    const aws = await startEmbeddedAws({ processes, workspace, calls });
    await bootstrap({ processes, workspace, aws });
    const config = {
      sources: SOURCES,
      targets: TARGETS,
      sourceBuckets: SOURCE_BUCKETS,
      targetBuckets: TARGET_BUCKETS,
      smokeTests: [LOOKS],
      resourcePolicies: true,
    };
    const outputs = await deploy({ processes, workspace, aws }, config);
    project.provide('clientConfig', aws.clientConfig);
    project.provide('outputs', outputs);
    project.provide('objectOutputs', await deploy({ processes, workspace, aws }, OBJECT_STACK));
    project.provide('temporary', aws.temporary);
    project.provide('log', aws.log);
    project.provide('calls', calls);
  } catch (error) {
    await tearDown();
    throw error;
  }
  return tearDown;
}
