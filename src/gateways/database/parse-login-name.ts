/** Where somebody wants to go: which account on which system, as typed. */
export interface LoginName {
  readonly account: string;
  readonly system: string;
}

const LONGEST = 255;
const SYSTEM = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
/** Characters a role's name may have here: printable ASCII without quotes, backslash and the separators. */
const ACCOUNT = /^[\x21-\x7e]+$/;
const NOT_IN_ACCOUNT = /["'\\@%]/;

/**
 * Reads `account@system`, or `account%system` where a URL cannot have two @. One reading or none: a second separator,
 * an empty part, a control character or anything that merely looks like ASCII is refused.
 */
export function parseLoginName(typed: string): LoginName | undefined {
  if (typed.length > LONGEST) return undefined;
  const parts = typed.split(/[@%]/);
  const [account = '', system = ''] = parts;
  if (parts.length !== 2 || !ACCOUNT.test(account) || NOT_IN_ACCOUNT.test(account) || !SYSTEM.test(system))
    return undefined;
  return { account, system };
}
