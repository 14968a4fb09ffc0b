import { describe, expect, it } from 'vitest';
import { consoleLink } from '../../../infra/cli/execution.ts';
import { explain } from '../../../infra/cli/explain.ts';
import { CutoverGivenUpError } from '../../../shared/errors.ts';

const named = (name: string, message = 'as AWS says it', more: object = {}) =>
  Object.assign(new Error(message), { name, ...more });

describe('an error at the command line', () => {
  it.each([
    ['no credentials', named('CredentialsProviderError'), 'AWS_PROFILE'],
    ['expired credentials', named('ExpiredTokenException'), 'log in anew'],
    ['no Region', named('Error', 'Region is missing'), '--region'],
    ['a missing permission', named('AccessDeniedException', 'not allowed: GetItem'), 'GetItem'],
    ['a missing table', named('ResourceNotFoundException'), '--region'],
    ['no network', named('Error', '', { code: 'ENOTFOUND' }), 'ENOTFOUND'],
    ['a bad endpoint', named('TypeError', 'Invalid URL', { code: 'ERR_INVALID_URL' }), 'AWS_ENDPOINT_URL'],
    ['another refusal of AWS', named('ThrottlingException', 'slow down', { $metadata: {} }), 'slow down'],
    ["one of Segue's own", new CutoverGivenUpError('the route was changed'), 'the route was changed'],
  ])('says in one line what to do about %s', (_, error, told) => {
    const text = explain(error);
    expect(text).toContain(told);
    expect(text).not.toContain('\n');
  });

  it('is not explained away when it is a mistake of the program', () => {
    expect(explain(new TypeError('x is undefined'))).toBeUndefined();
  });
});

describe('the link to the console', () => {
  it.each([
    ['aws', 'eu-west-1', 'https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#'],
    ['aws-cn', 'cn-north-1', 'https://console.amazonaws.cn/states/home?region=cn-north-1#'],
    ['aws-us-gov', 'us-gov-west-1', 'https://console.amazonaws-us-gov.com/states/home?region=us-gov-west-1#'],
  ])('fits the partition %s', (partition, region, start) => {
    const arn = `arn:${partition}:states:${region}:123456789012:execution:Segue:orders-1`;
    expect(consoleLink(arn)).toBe(`${start}/v2/executions/details/${arn}`);
  });
});
