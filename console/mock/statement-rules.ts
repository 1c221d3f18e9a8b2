import type { KeptRules } from '../src/api/statement-rules.ts';
import { days, id, type Routes } from './answer.ts';

const rules: KeptRules[] = [
  {
    accountId: null,
    accountName: null,
    readOnly: false,
    noDdl: false,
    whereNeeded: true,
    keepRole: true,
    denyTables: ['hr.salaries', 'audit.*'],
    changedAt: days(-12),
  },
  {
    accountId: id('ac', 90),
    accountName: 'reporting',
    readOnly: true,
    noDdl: false,
    whereNeeded: false,
    keepRole: false,
    denyTables: [],
    changedAt: days(-3),
  },
];

/** What statements may not be on a database. */
export const statementRules: Routes = {
  'GET /v1/systems/{id}/statement-rules': () => ({ items: rules }),
  'PUT /v1/systems/{id}/statement-rules': ({ body }) => {
    const said = body as unknown as KeptRules;
    const changed = { ...said, changedAt: days(0) };
    const at = rules.findIndex((kept) => kept.accountId === said.accountId);
    if (at < 0) rules.push({ ...changed, accountName: 'chosen' });
    else rules[at] = { ...changed, accountName: rules[at]?.accountName ?? null };
    return { items: rules };
  },
};
