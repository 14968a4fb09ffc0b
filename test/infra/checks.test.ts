import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BUCKETS, FULL, MANY_BUCKETS, MANY_TABLES, MINIMAL, PROJECT, Synthesized } from './stack.ts';

const VENV = join(PROJECT, '.segue', 'venv', 'bin', 'cfn-lint');

/** W3005 is about dependencies that CDK itself writes. */
function cfnLint(template: string): string {
  const command = existsSync(VENV) ? VENV : 'cfn-lint';
  try {
    return execFileSync(command, ['--ignore-checks', 'W3005', '--', template], { encoding: 'utf8' });
  } catch (error) {
    const { code, stdout } = error as { code?: string; stdout?: string };
    if (code === 'ENOENT') throw new Error(`cfn-lint is missing: neither ${VENV} nor on the PATH`);
    return stdout ?? String(error);
  }
}

describe.each([
  ['the least config', MINIMAL],
  ['every option', FULL],
  ['more tables than the policies of its roles hold', MANY_TABLES],
  ['buckets alone', BUCKETS],
  ['more buckets than one rule and the policies of its roles hold', MANY_BUCKETS],
])('with %s', (_, config) => {
  const { app, stack } = new Synthesized(config);

  it('cdk-nag (AwsSolutions) finds nothing that is not acknowledged with a reason', () => {
    expect(() => app.synth()).not.toThrow();
  });

  it('cfn-lint finds nothing', () => {
    expect(cfnLint(join(app.synth().directory, stack.templateFile))).toBe('');
  });
});
