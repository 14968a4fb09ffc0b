interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | { readonly AWS?: string | readonly string[] };
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/**
 * Whether a resource policy denies an action to a role. Everybody is allowed by their own policies.
 * @param resource on which it is done, where the policy is that of more than one.
 */
export function denies(document: string, role: string, action: string, resource?: string): boolean {
  const { Statement: statements } = JSON.parse(document) as {
    readonly Statement: Statement | readonly Statement[];
  };
  return list(statements).some(
    (statement) =>
      statement.Effect === 'Deny' &&
      list(statement.Action).some((pattern) => matches(pattern, action)) &&
      (resource === undefined ||
        list(statement.Resource ?? []).some((pattern) => matches(pattern, resource))) &&
      namesPrincipal(statement, role) &&
      Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
        conditionHolds(operator, keys, role),
      ),
  );
}

function namesPrincipal({ Principal }: Statement, role: string): boolean {
  if (Principal === '*') return true;
  return list(Principal?.AWS ?? []).some((principal) => principal === '*' || principal === role);
}

function conditionHolds(
  operator: string,
  keys: Readonly<Record<string, string | readonly string[]>>,
  role: string,
): boolean {
  const kind = /^(?:Arn|String)(Not)?(?:Equals|Like)$/.exec(operator);
  return Object.entries(keys).every(([key, values]) => {
    if (!kind || key !== 'aws:PrincipalArn')
      throw new Error(`the modelled AWS does not know the condition ${operator} of ${key}`);
    return list(values).some((pattern) => matches(pattern, role)) !== (kind[1] !== undefined);
  });
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}

function list<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}
