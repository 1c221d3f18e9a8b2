import type { AccountLook, AccountSession, Applied, Change, Target } from '../port.ts';
import { applyInTurn, readInTurn } from '../port.ts';
import { readOnes } from './build-reading.ts';
import { carryOut, lookFor, plan } from './carry-out.ts';
import type { Database } from './client.ts';
import { readCluster } from './cluster-state.ts';
import { checkNames, type Plan } from './plan-change.ts';
import type { PostgresSettings } from './settings.ts';

/** Calls over one log-in. Many accounts are read with one look, and many changes made in one transaction. */
export function sessionOn(target: Target, database: Database, settings: PostgresSettings): AccountSession {
  const readAccount = async (account: string): Promise<AccountLook> =>
    readOnes(await readCluster(database, settings, [account]))(account);
  const apply: AccountSession['apply'] = async (change) => {
    checkNames(change);
    const made = await plan(target, change, database, await lookFor([change], database, settings));
    if (made.needed) await carryOut(target, database, made);
    return { changed: made.needed };
  };
  return {
    many: true,
    readAccount,
    readAccounts: async (accounts) => {
      try {
        const look = readOnes(await readCluster(database, settings, accounts));
        return accounts.map((account) => ({ found: look(account) }));
      } catch {
        return await readInTurn(readAccount, accounts);
      }
    },
    apply,
    applyEach: async (changes) => {
      if (!changes.every(standsAlone(changes))) return await applyInTurn(apply, changes);
      try {
        const plans = await planEach(target, changes, database, settings);
        const made = new Set(plans.flatMap((one) => ('error' in one || !one.needed ? [] : one.sql)));
        if (made.size > 0)
          await carryOut(target, database, { summary: 'several changes', needed: true, sql: [...made] });
        return plans.map((one) => ('error' in one ? one : { changed: one.needed }));
      } catch {
        // One of them is not to be had: which, they say one by one.
        return await applyInTurn(apply, changes);
      }
    },
  };
}

/** Changes that can be planned before any of them is made: statements of a transaction, and none makes what another needs. */
function standsAlone(changes: readonly Change[]): (change: Change) => boolean {
  const opened = new Set(changes.flatMap((change) => (opens(change) ? [change.account] : [])));
  return (change) =>
    opens(change) ||
    ((change.do === 'grant' || change.do === 'revoke') &&
      change.entitlement !== 'attribute:login' &&
      !opened.has(change.account));
}

const opens = (change: Change): boolean => change.do === 'create_account' || change.do === 'unlock_account';

async function planEach(
  target: Target,
  changes: readonly Change[],
  database: Database,
  settings: PostgresSettings,
): Promise<readonly (Plan | Extract<Applied, { error: unknown }>)[]> {
  const wrong = new Map<Change, unknown>();
  for (const change of changes) {
    try {
      checkNames(change);
    } catch (error) {
      wrong.set(change, error);
    }
  }
  const sound = changes.filter((change) => !wrong.has(change));
  const state = await lookFor(sound, database, settings);
  const plans: (Plan | Extract<Applied, { error: unknown }>)[] = [];
  for (const change of changes)
    plans.push(
      wrong.has(change)
        ? { error: wrong.get(change) }
        : await plan(target, change, database, state).catch((error: unknown) => ({ error })),
    );
  return plans;
}
