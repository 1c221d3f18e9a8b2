/** Where somebody wants to go: which account on which system, as typed. */
export interface LoginName {
  readonly account: string;
  readonly system: string;
}
export type ParsedLoginName =
  | { readonly ok: true; readonly name: LoginName }
  | { readonly ok: false; readonly problem: string };

const LONGEST = 255;
const ACCOUNT = /^[A-Za-z0-9_.][A-Za-z0-9_.$+-]*$/;
const SYSTEM = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/**
 * Reads `account@system`, or `account%system` where a client cannot have two @ in one word. Strict on purpose: the
 * answer is the one intended reading or an error, and what passes can stand in any later place without quoting.
 * Control characters, letters that merely look like ASCII, a second separator, empty parts, a leading `-` and anything
 * over 255 characters are refused.
 */
export function parseLoginName(typed: string): ParsedLoginName {
  const refuse = (problem: string): ParsedLoginName => ({ ok: false, problem });
  if (typed.length === 0) return refuse('the login name is empty');
  if (typed.length > LONGEST) return refuse(`the login name is longer than ${LONGEST} characters`);
  for (let i = 0; i < typed.length; i += 1) {
    const code = typed.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return refuse('the login name holds a control character');
    if (code > 0x7e) return refuse('the login name holds a character outside ASCII');
  }
  const separators = [...typed].filter((c) => c === '@' || c === '%').length;
  if (separators === 0) return refuse('the login name names no system');
  if (separators > 1) return refuse('the login name has more than one @ or %');
  const at = typed.search(/[@%]/);
  const account = typed.slice(0, at);
  const system = typed.slice(at + 1);
  if (account === '') return refuse('the login name names no account');
  if (system === '') return refuse('the login name names no system');
  if (account.startsWith('-') || system.startsWith('-')) return refuse('a name may not begin with -');
  if (account === '.' || account === '..') return refuse('the account is not a name');
  if (!ACCOUNT.test(account)) return refuse('the account holds a character that no account name has');
  if (!SYSTEM.test(system)) return refuse('the system holds a character that no system name has');
  return { ok: true, name: { account, system } };
}
