/** What a reader of changes keeps: an earlier reading, brought up to date as port.ts says, to be held against a fresh one. */
import type { Reading, ReadingChanges } from '../port.ts';

/** A reading as sets, so that order does not matter. */
export interface Kept {
  readonly accounts: ReadonlyMap<string, unknown>;
  readonly entitlements: ReadonlyMap<string, unknown>;
  readonly holdings: ReadonlySet<string>;
  readonly nesting: ReadonlySet<string>;
}

const row = (a: string, b: string): string => `${a} → ${b}`;
const [first, second] = [0, 1] as const;
const ends = (text: string): readonly string[] => text.split(' → ');

export const kept = (reading: Reading): Kept => ({
  accounts: new Map(reading.accounts.map((account) => [account.nativeId, account])),
  entitlements: new Map(reading.entitlements.map((entitlement) => [entitlement.nativeId, entitlement])),
  holdings: new Set(reading.holdings.map((holding) => row(holding.account, holding.entitlement))),
  nesting: new Set(reading.nesting.map((nesting) => row(nesting.parent, nesting.child))),
});

export function follow(before: Kept, changes: ReadingChanges): Kept {
  const accounts = new Map(before.accounts);
  const entitlements = new Map(before.entitlements);
  for (const account of changes.accounts) accounts.set(account.nativeId, account);
  for (const gone of changes.goneAccounts) accounts.delete(gone);
  for (const entitlement of changes.entitlements) entitlements.set(entitlement.nativeId, entitlement);
  for (const gone of changes.goneEntitlements) entitlements.delete(gone);
  const held = new Set(changes.holdingsOf.map((one) => one.account));
  const holders = new Set(changes.holdersOf.map((one) => one.entitlement));
  const holdings = [...before.holdings].filter((text) => {
    const [account = '', entitlement = ''] = [ends(text)[first], ends(text)[second]];
    return accounts.has(account) && entitlements.has(entitlement) && !held.has(account) && !holders.has(entitlement);
  });
  const nesting = [...before.nesting].filter((text) => {
    const [parent = '', child = ''] = [ends(text)[first], ends(text)[second]];
    return entitlements.has(parent) && entitlements.has(child) && !holders.has(child);
  });
  for (const one of changes.holdingsOf) holdings.push(...one.entitlements.map((id) => row(one.account, id)));
  for (const one of changes.holdersOf) {
    holdings.push(...one.accounts.map((id) => row(id, one.entitlement)));
    nesting.push(...one.impliedBy.map((id) => row(id, one.entitlement)));
  }
  return { accounts, entitlements, holdings: new Set(holdings), nesting: new Set(nesting) };
}
