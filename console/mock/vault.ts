import type { CheckoutAsk, CheckoutTerms, SecretOut } from '../src/api/shapes/vault.ts';
import { id, minutes, missing, type Routes } from './answer.ts';
import { person } from './people.ts';

/** The terms where nobody set any. */
export const houseTerms: CheckoutTerms = {
  path: 'web1',
  shared: false,
  secondPerson: false,
  reasonRequired: true,
  ticketRequired: false,
  longestSeconds: 3_600,
  extensions: 1,
  showing: 'reveal',
  rotateAfter: true,
  changedBy: person(2).id,
  changedAt: minutes(-9_000),
};
const terms: CheckoutTerms[] = [
  { ...houseTerms, path: 'billing/app', secondPerson: true, ticketRequired: true, showing: 'copy_once' },
  { ...houseTerms, path: 'root-ca', showing: 'inject_only', longestSeconds: 900, extensions: 0 },
  { ...houseTerms, shared: true },
];
const out: SecretOut[] = [1, 2].map((n) => ({
  id: id('c0', n),
  secretId: id('5c', n),
  secretName: n === 1 ? 'db-prod/postgres' : 'web1/root',
  identityId: person(n * 4).id,
  reason: 'Nightly restore failed',
  ticket: n === 1 ? 'CHG-2041' : null,
  shared: false,
  extended: 0,
  startedAt: minutes(-12),
  endsAt: minutes(18 * n),
  approvedBy: n === 1 ? person(2).id : null,
}));
const asks: CheckoutAsk[] = (['waiting', 'waiting', 'used', 'denied'] as const).map((state, n) => ({
  id: id('a5', n),
  secretId: id('5c', 3),
  secretName: 'billing/app/root',
  askerId: person(3 + n).id,
  reason: 'Restart after the patch',
  ticket: 'CHG-2042',
  seconds: 1_800,
  askedAt: minutes(-4 - n * 90),
  lapsesAt: minutes(1_400),
  state,
  decidedBy: state === 'waiting' ? null : person(2).id,
  decidedAt: state === 'waiting' ? null : minutes(-60),
  decidedBecause: state === 'denied' ? 'not in the window of change' : null,
}));
const decide = (ask: { readonly params: Readonly<Record<string, string>> }, state: 'approved' | 'denied'): object => {
  const found = asks.find((row) => row.id === ask.params['id']);
  if (found === undefined) throw missing('checkout_ask');
  return Object.assign(found, { state, decidedBy: person(0).id, decidedAt: minutes(0) });
};

export const vaultRoutes: Routes = {
  'GET /v1/vault/terms': () => ({ items: terms }),
  'PUT /v1/vault/terms': (ask) => ({ ...houseTerms, ...ask.body }),
  'GET /v1/vault/checkouts': () => ({ items: out }),
  'GET /v1/me/checkouts': () => ({ items: [] }),
  'GET /v1/vault/asks': () => ({ items: asks }),
  'GET /v1/me/checkout-asks': () => ({ items: [] }),
  'POST /v1/vault/asks/{id}/approve': (ask) => decide(ask, 'approved'),
  'POST /v1/vault/asks/{id}/deny': (ask) => decide(ask, 'denied'),
};
