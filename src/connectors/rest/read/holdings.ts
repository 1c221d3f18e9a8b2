/** Who holds what, from wherever the description says it is kept. */
import type { EntitlementKind } from '../description/schema.ts';
import { shown } from '../names.ts';
import { readList } from '../pages.ts';
import type { Server } from '../server.ts';
import { holds } from '../values/condition.ts';
import type { Catalogue } from './catalogue.ts';
import type { Account, Entitlement } from './items.ts';
import { isListed, named, namedIn } from './references.ts';

/** Native ids of what each of `accounts` holds directly, by account. `everybody`: these are all there are. */
export async function readHoldings(
  server: Server,
  catalogue: Catalogue,
  accounts: readonly Account[],
  everybody: boolean,
): Promise<ReadonlyMap<Account, readonly string[]>> {
  const held = new Map<Account, string[]>(accounts.map((one) => [one, []]));
  const byKey = new Map(accounts.map((one) => [one.key, one]));
  const give = (account: Account, entitlement: string): void => void held.get(account)?.push(entitlement);
  for (const kind of server.description.entitlements) {
    const ofEach = await fourAtOnce(accounts, (account) => ofAccount(server, kind, catalogue, account));
    for (const [index, account] of accounts.entries()) for (const id of ofEach[index] ?? []) give(account, id);
    const kept = [...catalogue.all.values()].filter((one) => one.kind === kind);
    const keys = await fourAtOnce(kept, (entitlement) => ofEntitlement(server, entitlement));
    const refs = kind.held?.in_entitlement ?? kind.held?.of_entitlement;
    for (const [index, entitlement] of kept.entries())
      for (const key of keys[index] ?? []) {
        const account = byKey.get(key);
        if (everybody && refs !== undefined)
          isListed(account !== undefined, refs, key, `${kind.kind} ${shown(entitlement.id)} of ${server.at}`);
        if (account !== undefined) give(account, entitlement.nativeId);
      }
  }
  return held;
}

/** As many as there are connections: what is kept with each of many is a request each. */
async function fourAtOnce<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const done: R[] = [];
  for (let from = 0; from < items.length; from += 4)
    done.push(...(await Promise.all(items.slice(from, from + 4).map((item) => work(item)))));
  return done;
}

/** What an account holds of a kind that is kept with accounts. */
async function ofAccount(
  server: Server,
  kind: EntitlementKind,
  { all }: Catalogue,
  account: Account,
): Promise<readonly string[]> {
  const what = `account ${shown(account.id)} of ${server.at}`;
  const fixed = (kind.fixed ?? [])
    .filter(({ held_when: when }) => when !== undefined && holds(when, account.item, what))
    .map(({ id }) => `${kind.kind}:${id}`);
  const ids = async (): Promise<readonly string[]> => {
    const { in_account, of_account } = kind.held ?? {};
    if (in_account !== undefined) return namedIn(in_account, account.item, what);
    if (of_account === undefined) return [];
    const scope = { name: account.id, account: account.item };
    return named(
      of_account,
      await readList(server, of_account.list, scope, `list what ${shown(account.id)} has`),
      what,
    );
  };
  const refs = kind.held?.in_account ?? kind.held?.of_account;
  const listed = (await ids())
    .map((id) => `${kind.kind}:${id}`)
    .filter((id) => refs !== undefined && isListed(all.has(id), refs, id, what));
  return [...fixed, ...listed];
}

/** Keys of the accounts that hold an entitlement of a kind that keeps them itself. */
async function ofEntitlement(server: Server, entitlement: Entitlement): Promise<readonly string[]> {
  const { in_entitlement, of_entitlement } = entitlement.kind.held ?? {};
  const what = `${entitlement.kind.kind} ${shown(entitlement.id)} of ${server.at}`;
  if (in_entitlement !== undefined) return namedIn(in_entitlement, entitlement.item, what);
  if (of_entitlement === undefined) return [];
  const scope = { entitlement: entitlement.item, entitlement_id: entitlement.id };
  return named(
    of_entitlement,
    await readList(server, of_entitlement.list, scope, `list who has ${shown(entitlement.name)}`),
    what,
  );
}
