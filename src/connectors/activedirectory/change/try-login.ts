/** Tries a password by logging in, once, and reads what the controller says about it. */
import { oneLine } from '#kit/ldap/index.ts';
import { TargetError, type Target } from '../../port.ts';
import { connect, type Directory } from '../directory.ts';
import { lockoutState, type AccountState } from './account-state.ts';

export interface LoginOutcome {
  /** The account can log in with it. */
  readonly opens: boolean;
  /** It is the account's password, whatever else keeps it out; undefined where that cannot be told. */
  readonly fits: boolean | undefined;
  /** It is the password, but only good for choosing another. */
  readonly stale: boolean;
  /** What keeps it out, in words. */
  readonly because: string;
}

/**
 * What a controller adds to invalidCredentials as `data …` (Windows system error codes). All but the first two and 775 are said only
 * to somebody who gave the right password.
 */
const outcomes: ReadonlyMap<string, { readonly fits?: boolean; readonly stale?: boolean; readonly because: string }> =
  new Map([
    ['525', { fits: false, because: 'there is no such account' }],
    ['52e', { fits: false, because: 'the password is wrong' }],
    ['52f', { fits: true, because: 'the account is restricted' }],
    ['530', { fits: true, because: 'the account may not log in at this time' }],
    ['531', { fits: true, because: 'the account may not log in from here' }],
    ['532', { fits: true, stale: true, because: 'the password has expired' }],
    ['533', { fits: true, because: 'the account is disabled' }],
    ['701', { fits: true, because: 'the account has expired' }],
    ['773', { fits: true, stale: true, because: 'the password must be changed first' }],
    ['775', { because: 'the account is locked out after wrong passwords' }],
  ]);

/** Throws TargetError `failed` for an answer that says nothing about the password. */
export async function tryLogin(target: Target, name: string, password: string): Promise<LoginOutcome> {
  const ldap = await connect(target);
  try {
    const result = await ldap.tryBind(name, password);
    if (result.code === 0) return { opens: true, fits: true, stale: false, because: '' };
    if (result.code === 49) {
      const data = /\bdata ([0-9a-f]{1,8})\b/iu.exec(result.diagnostic)?.[1]?.toLowerCase() ?? '';
      const outcome = outcomes.get(data);
      return {
        opens: false,
        fits: outcome?.fits,
        stale: outcome?.stale ?? false,
        because: outcome?.because ?? oneLine(result.diagnostic),
      };
    }
    throw new TargetError(
      'failed',
      `${target.host} answered a log-in with ${result.code}: ${oneLine(result.diagnostic)}`,
    );
  } finally {
    ldap.close();
  }
}

/**
 * The same for an account of the domain, but never the try that would shut it out: then TargetError `failed`, since nothing is
 * proved. An account that is shut out already is not tried either.
 */
export async function tryAccount(
  target: Target,
  directory: Directory,
  state: AccountState,
  password: string,
): Promise<LoginOutcome> {
  const { shutOut, atTheBrink, until } = await lockoutState(directory, state);
  const lockedOut = { opens: false, fits: undefined, stale: false, because: 'locked out after wrong passwords' };
  if (shutOut) return lockedOut;
  if (atTheBrink)
    throw new TargetError(
      'failed',
      `one more wrong password would lock ${state.facts.name} out, so none was tried; ${until ? `wrong ones are forgotten at ${until.toISOString()}` : 'unlock it first'}`,
    );
  return tryLogin(target, state.facts.dn, password);
}
