import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { InvalidInputError } from '../shared/errors.ts';
import { readConfig } from './config.ts';
import { MigrationStack } from './migration-stack.ts';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
const path: string | undefined = app.node.tryGetContext('config');
try {
  new MigrationStack(app, readConfig(path ?? join(import.meta.dirname, '..', 'segue.config.json')));
  app.synth();
} catch (error) {
  // The user's to correct, so a stack trace would only hide it.
  if (!(error instanceof InvalidInputError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
