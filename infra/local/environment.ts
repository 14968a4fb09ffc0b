/** A user's own profile, endpoint and role stay out, so that no run can reach a real account. */
export function withoutAws(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(AWS|CDK)_/.test(name) && name !== 'NODE_OPTIONS'),
  );
}
