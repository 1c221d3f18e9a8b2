import type { KeptRequestRules, WebTerms } from '../src/api/web.ts';
import { days, id, type Routes } from './answer.ts';

let terms: WebTerms | null = {
  site: 'wiki',
  credential: 'header',
  header: 'x-api-key',
  keepHost: false,
  hiddenFields: ['case'],
};
const rules: KeptRequestRules[] = [
  {
    accountId: null,
    accountName: null,
    readOnly: false,
    noWebSockets: false,
    denyPaths: ['/admin', '/api/*/secrets'],
    denyHeaders: [],
    changedAt: days(-9),
  },
  {
    accountId: id('ac', 90),
    accountName: 'reporting',
    readOnly: true,
    noWebSockets: false,
    denyPaths: [],
    denyHeaders: ['x-debug'],
    changedAt: days(-2),
  },
];

/** Web applications behind the gateway. */
export const web: Routes = {
  'GET /v1/systems/{id}/web-terms': ({ params }) => ({ id: params['id'], terms }),
  'PUT /v1/systems/{id}/web-terms': ({ params, body }) => {
    terms = { ...(body as unknown as WebTerms), header: (body as { header?: string }).header ?? null };
    return { id: params['id'], terms };
  },
  'DELETE /v1/systems/{id}/web-terms': ({ params }) => {
    terms = null;
    return { id: params['id'], terms };
  },
  'GET /v1/systems/{id}/request-rules': () => ({ items: rules }),
  'PUT /v1/systems/{id}/request-rules': ({ body }) => {
    const said = { ...(body as unknown as KeptRequestRules), changedAt: days(0) };
    const at = rules.findIndex((kept) => kept.accountId === said.accountId);
    if (at < 0) rules.push({ ...said, accountName: 'chosen' });
    else rules[at] = { ...said, accountName: rules[at]?.accountName ?? null };
    return { items: rules };
  },
  'GET /v1/me/web-place': () => ({ origin: 'https://wiki.web.localhost:8472', accounts: ['reporting'] }),
  'POST /v1/web-sign-ins': () => ({
    id: id('9a', 1),
    username: 'reporting@wiki',
    origin: 'https://wiki.web.localhost:8472',
    link: 'https://wiki.web.localhost:8472/.reeve/sign-in#rvp_mock',
    password: 'rvp_mock',
    certificate: null,
    endsAt: days(0.003),
  }),
};
