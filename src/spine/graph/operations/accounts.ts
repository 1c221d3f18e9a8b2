import { z } from 'zod';
import type { Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { instantIn, instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import { PLATFORM } from '#spine/decide/port.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { getAccount, listAccounts, listHoldings } from '../accounts/read-accounts.ts';
import { getEntitlements } from '../entitlements/read-entitlements.ts';
import type { Account } from '../model.ts';
import { facts, identityNames, idOrName, nameOf, namesIn, period, onSystem } from './shapes.ts';

const accountOut = z.object({
  id: z.uuid(),
  systemId: z.uuid(),
  systemName: z.string().nullable(),
  name: z.string(),
  kind: z.string(),
  state: z.string(),
  identityId: z.uuid().nullable(),
  identityName: z.string().nullable(),
  linkedBecause: z.string().nullable(),
  privileged: z.boolean(),
  privilegedBecause: z.array(z.object({ source: z.string(), reason: z.string(), evidence: z.string() })).readonly(),
  attributes: facts,
  /** Null means unknown, never unused. */
  lastUsedAt: instantOut.nullable(),
  ...period,
});
const holdingOut = z.object({
  entitlementId: z.uuid(),
  name: z.string(),
  kind: z.string(),
  risk: z.string(),
  privileged: z.boolean(),
  observedAt: instantOut,
  quality: z.string(),
  givenBy: z.string().nullable(),
  ...period,
});

async function withNames<A extends Account>(tx: Tx, accounts: readonly A[]) {
  const systems = await namesIn(
    tx,
    'system',
    accounts.map((a) => a.systemId),
  );
  const people = await identityNames(
    tx,
    accounts.map((a) => a.identityId),
  );
  return accounts.map((a) => ({
    ...a,
    systemName: nameOf(systems, a.systemId),
    identityName: nameOf(people, a.identityId),
  }));
}

export const accountOperations = [
  defineOperation({
    name: 'graph.listAccounts',
    action: 'account.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/accounts',
    summary: 'List accounts',
    description: 'With `identityId`: the accounts of that identity, which its owner and manager may list too.',
    input: z.object({
      system: idOrName.optional(),
      identityId: z.uuid().optional(),
      state: z.enum(['active', 'locked', 'gone']).optional(),
      kind: z.enum(['personal', 'service', 'shared', 'unknown']).optional(),
      privileged: z.boolean().optional(),
      orphan: z.boolean().optional(),
      search: text(100).optional(),
      unusedSince: instantIn.optional(),
      ...pageInput,
    }),
    output: pageOf(accountOut),
    cli: {
      command: 'accounts ls',
      columns: ['systemName', 'name', 'kind', 'state', 'identityName', 'privileged', 'lastUsedAt'],
    },
    resource: (input) => (input.identityId === undefined ? PLATFORM : { type: 'Identity', id: input.identityId }),
    handler: async (ctx, _permit, { cursor, limit, system, ...rest }) => {
      const on = await onSystem(ctx.tx, system);
      const found = await listAccounts(ctx.tx, { filter: { ...rest, systemId: on }, cursor, limit });
      return { ...found, items: await withNames(ctx.tx, found.items) };
    },
  }),
  defineOperation({
    name: 'graph.showAccount',
    action: 'account.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/accounts/{id}',
    summary: 'Show an account and what it holds',
    input: z.object({ id: z.uuid() }),
    output: accountOut.extend({ holdings: z.array(holdingOut) }),
    cli: { command: 'accounts show', positional: ['id'] },
    resource: (input) => ({ type: 'Account', id: input.id }),
    handler: async (ctx, _permit, input) => {
      const found = await getAccount(ctx.tx, input.id);
      if (found === undefined) throw notFound('account', input.id);
      const held = await listHoldings(ctx.tx, { accountId: found.id });
      const known = await getEntitlements(
        ctx.tx,
        held.map((h) => h.entitlementId),
      );
      const byId = new Map(known.map((e) => [e.id, e]));
      const holdings = held.flatMap((h) => {
        const e = byId.get(h.entitlementId);
        return e === undefined ? [] : [{ ...h, name: e.name, kind: e.kind, risk: e.risk, privileged: e.privileged }];
      });
      const [named] = await withNames(ctx.tx, [found]);
      if (named === undefined) throw notFound('account', input.id);
      return { ...named, holdings };
    },
  }),
];
