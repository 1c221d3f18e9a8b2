/** A whole reading of a service, and a look at one account of it. */
import { TargetError, type ReadAccount, type Reading } from '../../port.ts';
import { shown } from '../names.ts';
import { readList } from '../pages.ts';
import { asking } from '../request.ts';
import type { Server } from '../server.ts';
import { valueAt } from '../values/pointer.ts';
import { privilegedWays, readCatalogue, readEntitlement, type Catalogue } from './catalogue.ts';
import { readHoldings } from './holdings.ts';
import { accountOf, type Account } from './items.ts';

/** One account as it is now, with everything there is to hold. */
export interface Look {
  readonly account: Account;
  readonly read: ReadAccount;
  readonly holdings: readonly string[];
  readonly catalogue: Catalogue;
}

const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

export async function readWhole(server: Server): Promise<Reading> {
  const accounts = await readAccounts(server);
  const catalogue = await readCatalogue(server);
  const held = await readHoldings(server, catalogue, accounts, true);
  const wayFrom = privilegedWays(catalogue);
  return {
    accounts: accounts
      .map((one) => withReasons(one, held.get(one) ?? [], wayFrom))
      .toSorted((one, other) => byText(one.nativeId, other.nativeId)),
    entitlements: [...catalogue.all.values()]
      .map((one) => readEntitlement(one, wayFrom(one.nativeId)))
      .toSorted((one, other) => byText(one.nativeId, other.nativeId)),
    holdings: [...held]
      .flatMap(([account, ids]) => ids.map((entitlement) => ({ account: account.id, entitlement })))
      .toSorted((one, other) => byText(one.account, other.account) || byText(one.entitlement, other.entitlement)),
    nesting: catalogue.nesting.toSorted(
      (one, other) => byText(one.parent, other.parent) || byText(one.child, other.child),
    ),
  };
}

async function readAccounts(server: Server): Promise<readonly Account[]> {
  const { list, map } = server.description.accounts;
  const accounts = (await readList(server, list, {}, 'list accounts')).map((item) => accountOf(map, item, server.at));
  for (const of of ['id', 'key'] as const) {
    const seen = new Set<string>();
    for (const one of accounts) {
      if (seen.has(one[of]))
        throw new TargetError('failed', `${server.at} shows account ${shown(one[of])} twice; read it again`);
      seen.add(one[of]);
    }
  }
  return accounts;
}

/** The account of exactly that name. One in another spelling is nobody by that name. */
export async function findAccount(server: Server, name: string): Promise<Account | undefined> {
  const { one, map } = server.description.accounts;
  if (one === undefined) return (await readAccounts(server)).find(({ id }) => id === name);
  const answer = await server.ask(asking(one, { name }));
  if (one.missing.includes(answer.status)) return undefined;
  const item = valueAt(server.jsonOfGood(answer, 'read one account'), one.item);
  if (item === undefined || item === null) {
    if (one.item !== '') return undefined;
    throw new TargetError('failed', `${server.at} shows nothing for one account`);
  }
  const items = Array.isArray(item) ? (item as unknown[]) : [item];
  return items.map((each) => accountOf(map, each, server.at)).find(({ id }) => id === name);
}

export async function lookAt(server: Server, name: string): Promise<Look | undefined> {
  const account = await findAccount(server, name);
  if (account === undefined) return undefined;
  const catalogue = await readCatalogue(server);
  const held = await readHoldings(server, catalogue, [account], false);
  const holdings = (held.get(account) ?? []).toSorted(byText);
  return { account, read: withReasons(account, holdings, privilegedWays(catalogue)), holdings, catalogue };
}

function withReasons(
  { read }: Account,
  holdings: readonly string[],
  wayFrom: (start: string) => readonly string[] | undefined,
): ReadAccount {
  const because = holdings
    .toSorted(byText)
    .map(wayFrom)
    .filter((way) => way !== undefined)
    .map((way) => ({ reason: 'holds what is privileged', evidence: shown(way.join(', which implies ')) }));
  return { ...read, privilegedBecause: [...read.privilegedBecause, ...because] };
}
