import { z } from 'zod';
import { invalid } from '#kit/errors/index.ts';
import { instantOut, text } from '#kit/http/index.ts';
import { requireSystem } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { issuePassword } from '#guard/gateway-passwords/index.ts';
import { webTermsOf } from '#guard/web-terms/index.ts';
import { openTo } from './my-accounts.ts';

/** How people reach the gateway for web applications. */
export interface WebPlace {
  /** `https://wiki.web.example.org`, of the site `wiki`. */
  readonly originOf: (site: string) => string;
  /** What clients verify it by, PEM; null where this node does not know it. */
  readonly certificate: () => Promise<string | null>;
}

/** Signing in to a web application through the gateway. */
export const operations = (edges: { readonly web: WebPlace }): readonly AnyOperation[] => [
  defineOperation({
    name: 'webSignIns.issue',
    action: 'web_sign_in.issue',
    kind: 'write',
    method: 'POST',
    path: '/v1/web-sign-ins',
    summary: 'Have a link that opens a web application you may use, and the password in it for programs; good once',
    input: z.object({
      system: text(253).describe('id or name'),
      account: text(255).optional().describe('default: the only one there that is yours'),
      seconds: z.int().min(60).max(3600).default(300).describe('until the session has to begin'),
    }),
    output: z.object({
      id: z.uuid(),
      username: z.string(),
      origin: z.string().describe('where the application is'),
      link: z.string().describe('opens it in a browser'),
      password: z.string().describe('for programs: in the header Reeve-Password, as a bearer token, or by Basic'),
      certificate: z.string().nullable().describe('what the gateway is verified by, PEM'),
      endsAt: instantOut,
    }),
    secretOutput: true,
    cli: { command: 'web sign-in', positional: ['system'] },
    handler: async (ctx, permit, { system, account, seconds }) => {
      const issued = await issuePassword(ctx, permit, { system, account, seconds, connections: 1, protocol: 'http' });
      const { id, name } = await requireSystem(ctx.tx, issued.systemId);
      const terms = await webTermsOf(ctx.tx, id);
      if (terms === undefined)
        throw invalid(
          '/system',
          `${name} is not served as a web application`,
          `an administrator can: reeve web terms-set ${id}`,
        );
      const origin = edges.web.originOf(terms.site);
      const { username, password, endsAt } = issued;
      return {
        id: issued.id,
        username,
        origin,
        link: `${origin}/.reeve/sign-in#${password}`,
        password,
        certificate: await edges.web.certificate(),
        endsAt,
      };
    },
  }),
  defineOperation({
    name: 'webSignIns.place',
    action: 'web_sign_in.look',
    kind: 'read',
    method: 'GET',
    path: '/v1/me/web-place',
    summary: 'Whether I may use a system as a web application now, where, and as which accounts',
    input: z.object({ system: text(253).describe('id or name') }),
    output: z.object({
      origin: z.string().nullable().describe('null: I may not, or it is not served'),
      accounts: z.array(z.string()),
    }),
    cli: { command: 'web place', positional: ['system'] },
    handler: async (ctx, _permit, { system }) => {
      const open = await openTo(ctx, system);
      return open === undefined
        ? { origin: null, accounts: [] }
        : { origin: edges.web.originOf(open.site), accounts: [...open.accounts] };
    },
  }),
];
