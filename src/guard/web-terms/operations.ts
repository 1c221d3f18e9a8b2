import { z } from 'zod';
import { instantOut, text } from '#kit/http/index.ts';
import { requireSystem } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import type { WebTerms } from '#gateways/port.ts';
import { keepRequestRules } from './keep-rules.ts';
import { removeWebTerms, setWebTerms } from './set-terms.ts';
import { requestRulesOfSystem, webTermsOf } from './store.ts';

const TOKEN = /^[A-Za-z0-9!#$&'*+.^`|~-]{1,100}$/;
const SITE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const credential = z.enum(['basic', 'bearer', 'header']);
const termsOut = z.object({
  id: z.uuid(),
  /** Null: the system is not served. */
  terms: z
    .object({
      site: z.string(),
      credential,
      header: z.string().nullable(),
      keepHost: z.boolean(),
      hiddenFields: z.array(z.string()),
    })
    .nullable(),
});
const told = (id: string, terms: WebTerms | undefined) => ({
  id,
  terms: terms === undefined ? null : { ...terms, hiddenFields: [...terms.hiddenFields] },
});
const resource = (input: { readonly id: string }) => ({ type: 'System', id: input.id });
const termsPath = '/v1/systems/{id}/web-terms';
const rulesPath = '/v1/systems/{id}/request-rules';
const rules = {
  readOnly: z.boolean().describe('GET, HEAD and OPTIONS only, and no WebSocket'),
  noWebSockets: z.boolean(),
};
const rulesOut = z.object({
  items: z.array(
    z.object({
      accountId: z.uuid().nullable(),
      accountName: z.string().nullable(),
      ...rules,
      denyPaths: z.array(z.string()),
      denyHeaders: z.array(z.string()),
      changedAt: instantOut,
    }),
  ),
});

/** How a system is served as a web application, and what requests there may not be. */
export const operations: readonly AnyOperation[] = [
  defineOperation({
    name: 'webTerms.show',
    action: 'web_terms.read',
    kind: 'read',
    method: 'GET',
    path: termsPath,
    summary: 'Show how a system is served as a web application',
    input: z.object({ id: z.uuid() }),
    output: termsOut,
    resource,
    cli: { command: 'web terms', positional: ['id'] },
    handler: async (ctx, _permit, { id }) => {
      await requireSystem(ctx.tx, id);
      return told(id, await webTermsOf(ctx.tx, id));
    },
  }),
  defineOperation({
    name: 'webTerms.set',
    action: 'web_terms.set',
    kind: 'write',
    method: 'PUT',
    path: termsPath,
    summary: 'Serve a system as a web application: on which site, and how its credential goes with each request',
    description: 'What is not named stays as it was. It holds for sessions that begin from now on.',
    input: z.object({
      id: z.uuid(),
      site: z
        .string()
        .regex(SITE, 'is one label of a host name: small letters, digits and -')
        .optional()
        .describe('default: made from the name of the system'),
      credential: credential.optional().describe('default: basic'),
      header: z
        .string()
        .regex(TOKEN, 'is the name of a header')
        .optional()
        .describe('the one that carries the credential, where it goes in a header of its own'),
      keepHost: z.boolean().optional().describe('the application is told the host name people see'),
      hiddenFields: z
        .array(text(100))
        .max(100)
        .optional()
        .describe('query fields and headers whose values are not recorded'),
    }),
    output: termsOut,
    resource,
    cli: { command: 'web terms-set', positional: ['id'] },
    handler: async (ctx, permit, { id, ...wanted }) => told(id, await setWebTerms(ctx, permit, id, wanted)),
  }),
  defineOperation({
    name: 'webTerms.remove',
    action: 'web_terms.set',
    kind: 'write',
    method: 'DELETE',
    path: termsPath,
    summary: 'Serve a system as a web application no more; sessions that are open go on',
    input: z.object({ id: z.uuid() }),
    output: termsOut,
    resource,
    cli: { command: 'web terms-remove', positional: ['id'] },
    handler: async (ctx, permit, { id }) => {
      await removeWebTerms(ctx, permit, id);
      return told(id, undefined);
    },
  }),
  defineOperation({
    name: 'requestRules.list',
    action: 'request_rules.read',
    kind: 'read',
    method: 'GET',
    path: rulesPath,
    summary: 'What requests may not be in sessions on a web application',
    input: z.object({ id: z.uuid() }),
    output: rulesOut,
    resource,
    cli: {
      command: 'web rules',
      positional: ['id'],
      columns: ['accountName', 'readOnly', 'noWebSockets', 'denyPaths', 'denyHeaders'],
    },
    handler: async (ctx, _permit, { id }) => {
      await requireSystem(ctx.tx, id);
      return { items: await requestRulesOfSystem(ctx.tx, id) };
    },
  }),
  defineOperation({
    name: 'requestRules.keep',
    action: 'request_rules.keep',
    kind: 'write',
    method: 'PUT',
    path: rulesPath,
    summary: 'Say what requests may not be in sessions on a web application, or of one account there',
    description: 'Takes the place of what was said before; sessions that are open go on under what they began with.',
    input: z.object({
      id: z.uuid(),
      accountId: z.uuid().nullable().default(null).describe('default: all accounts there'),
      readOnly: rules.readOnly.default(false),
      noWebSockets: rules.noWebSockets.default(false),
      denyPaths: z
        .array(text(500))
        .max(200)
        .default([])
        .describe('from / on, as they read decoded; what is below them too; * stands for one part'),
      denyHeaders: z
        .array(z.string().regex(TOKEN, 'is the name of a header'))
        .max(100)
        .default([])
        .describe('requests with such a header are refused'),
    }),
    output: rulesOut,
    resource,
    cli: { command: 'web rules-keep', positional: ['id'] },
    handler: async (ctx, permit, { id, accountId, ...said }) => {
      await requireSystem(ctx.tx, id);
      await keepRequestRules(ctx, permit, { systemId: id, accountId, rules: said });
      return { items: await requestRulesOfSystem(ctx.tx, id) };
    },
  }),
];
