import type { Surroundings } from './command.ts';
import { bootstrap, type DeployConfig, deploy, type StackOutputs } from './deploy.ts';
import { type EmbeddedAws, install, isInstalled, startEmbeddedAws } from './embedded-aws.ts';

/** Starts an embedded AWS, and tells of it. @param port default: a free one. */
export async function startAws(
  { terminal, processes, workspace }: Surroundings,
  port?: number,
): Promise<EmbeddedAws> {
  if (!isInstalled()) terminal.line('   installing it into .segue/venv, once …');
  await install({ processes, workspace });
  const aws = await startEmbeddedAws({ processes, workspace, ...(port ? { port } : {}) });
  terminal.line(`   ready at ${aws.endpoint}, with IAM enforced`);
  return aws;
}

/** Deploys the stack that a user deploys, and tells of it. */
export async function deployStack(
  { terminal, processes, workspace }: Surroundings,
  aws: EmbeddedAws,
  config: DeployConfig,
): Promise<StackOutputs> {
  terminal.live('deploy', 'cdk bootstrap …');
  await bootstrap({ processes, workspace, aws });
  terminal.live('deploy', 'cdk deploy …');
  const outputs = await deploy({ processes, workspace, aws }, config);
  terminal.line(`   ${outputs.StateMachineArn}`);
  return outputs;
}
