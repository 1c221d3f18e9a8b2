/** What whoever keeps a reading makes of changes, for tests: the earlier reading, made what the domain is now. */
import type { Reading, ReadingChanges } from '../port.ts';

export type Picture = Pick<Reading, 'accounts' | 'entitlements' | 'holdings' | 'nesting'>;

export function withChanges(before: Picture, changes: ReadingChanges): Picture {
  const goneAccounts = new Set(changes.goneAccounts);
  const goneEntitlements = new Set(changes.goneEntitlements);
  const accounts = new Map(before.accounts.map((one) => [one.nativeId, one]));
  const entitlements = new Map(before.entitlements.map((one) => [one.nativeId, one]));
  for (const name of goneAccounts) accounts.delete(name);
  for (const id of goneEntitlements) entitlements.delete(id);
  for (const one of changes.accounts) accounts.set(one.nativeId, one);
  for (const one of changes.entitlements) entitlements.set(one.nativeId, one);

  const of = new Map(changes.holdingsOf.map((one) => [one.account, one.entitlements]));
  const held = new Map(changes.holdersOf.map((one) => [one.entitlement, one]));
  const kept = before.holdings.filter(
    ({ account, entitlement }) =>
      !goneAccounts.has(account) && !goneEntitlements.has(entitlement) && !of.has(account) && !held.has(entitlement),
  );
  const holdings = new Map(
    [
      ...kept,
      ...[...of].flatMap(([account, ids]) => ids.map((entitlement) => ({ account, entitlement }))),
      ...[...held.values()].flatMap((one) =>
        one.accounts.map((account) => ({ account, entitlement: one.entitlement })),
      ),
    ].map((row) => [`${row.account} ${row.entitlement}`, row]),
  );
  const nesting = [
    ...before.nesting.filter(
      ({ parent, child }) => !goneEntitlements.has(parent) && !goneEntitlements.has(child) && !held.has(child),
    ),
    ...[...held.values()].flatMap((one) => one.impliedBy.map((parent) => ({ parent, child: one.entitlement }))),
  ];
  return {
    accounts: [...accounts.values()],
    entitlements: [...entitlements.values()],
    holdings: [...holdings.values()],
    nesting,
  };
}

/** Rows in one order, and nothing of the reading beside them. */
export function inOrder({ accounts, entitlements, holdings, nesting }: Picture): Picture {
  const sorted = <Row>(rows: readonly Row[]): Row[] =>
    rows.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
  return {
    accounts: sorted(accounts),
    entitlements: sorted(entitlements),
    holdings: sorted(holdings),
    nesting: sorted(nesting),
  };
}
