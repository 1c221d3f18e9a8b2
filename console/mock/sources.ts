import { systems } from './people.ts';
import type { Item } from '../src/api/shapes/of-contract.ts';
import { days, id, minutes, page, where, type Routes } from './answer.ts';
import { person } from './people.ts';

type Run = Item<'sources.runs'>;
const counts = {
  rows: 304,
  joined: 3,
  moved: 2,
  changed: 6,
  left: 1,
  returned: 0,
  unchanged: 292,
  missing: 0,
  skipped: 0,
  unmatched: 0,
};
const runOf = (n: number, more: Partial<Run>): Run => ({
  id: id('f0', n),
  sourceId: id('f5', 0),
  state: 'applied',
  verdict: 'trusted',
  startedAt: days(-n),
  startedBy: 'nightly',
  settledAt: days(-n),
  baseline: false,
  rows: 304,
  counts,
  problems: [],
  heldBecause: [],
  plannedRows: 12,
  appliedRows: 12,
  acceptedBy: null,
  acceptedAt: null,
  acceptedBecause: null,
  releasedRows: null,
  undo: null,
  ...more,
});
const runs: Run[] = [
  runOf(0, {
    state: 'held',
    settledAt: null,
    appliedRows: 0,
    plannedRows: 84,
    counts: { ...counts, left: 77 },
    heldBecause: [
      {
        code: 'left.too_many',
        detail: 'more people would leave at once than the limit allows',
        count: 77,
        allowed: 15,
      },
    ],
  }),
  runOf(1, {
    state: 'refused',
    verdict: 'untrusted',
    rows: 0,
    plannedRows: 0,
    appliedRows: 0,
    problems: [{ code: 'feed.empty', detail: 'the file has no row', fix: 'export it again' }],
  }),
  runOf(2, {}),
];
const decide = (wanted: string | undefined, state: string): Run | undefined => {
  const at = runs.findIndex((run) => run.id === wanted);
  const found = runs[at];
  if (found !== undefined) runs[at] = { ...found, state };
  return runs[at];
};

const source: Item<'sources.list'> = {
  id: id('f5', 0),
  name: 'hr',
  kind: 'hr_csv',
  dropFile: 'hr/people.csv',
  readFrom: null,
  collected: { lookedAt: '2026-03-01T05:00:00.000Z', runId: id('f1', 1), problem: null },
  timeZone: 'Europe/Amsterdam',
  mapping: {
    delimiter: ',',
    columns: {
      externalId: 'employee_id',
      firstName: 'first_name',
      lastName: 'last_name',
      email: 'email',
      status: 'status',
    },
    attributes: { cost_centre: 'cost_centre' },
    expressions: { username: 'lower(ascii(left(row.first_name, 1) + row.last_name))' },
    statuses: { active: 'active' },
    managerBy: null,
    managerIn: null,
    kinds: {},
    vendorTypes: ['vendor'],
  },
  limits: {
    created: { percent: 20, free: 50, most: null },
    changed: { percent: 20, free: 50, most: null },
    left: { percent: 20, free: 50, most: null },
    missingRows: { percent: 20, free: 50, most: null },
    badRows: { percent: 1, free: 5, most: null },
    unknownManagers: { percent: 5, free: 10, most: null },
  },
  terms: { lifecycle: true, rank: 100, ranks: {}, join: [] },
};
const readSource: Item<'sources.list'> = {
  ...source,
  id: id('f5', 1),
  name: 'contractors',
  dropFile: null,
  readFrom: {
    systemId: systems[5]?.id ?? '',
    place: { schema: 'hr', table: 'contractors' },
    everyMinutes: 60,
  },
  collected: {
    lookedAt: '2026-03-01T05:00:00.000Z',
    runId: id('f1', 1),
    problem: 'there is no table or view `contractors` in the schema `hr` that Reeve’s role may read',
  },
};
const look = {
  columns: [
    { name: 'no', type: 'text', shown: true },
    { name: 'given', type: 'text', shown: true },
    { name: 'ends', type: 'timestamp with time zone', shown: true },
    { name: 'portal_password', type: 'text', shown: false },
  ],
  rows: [
    ['C1', 'Ines', '2027-01-31T23:00:00.000Z'],
    ['C2', 'Tariq', ''],
  ],
  usual: null,
};
const preview = {
  source,
  state: 'held',
  counts,
  problems: [{ code: 'row.value', detail: 'row 3: email is not a mail address', row: 3 }],
  heldBecause: [
    { code: 'limit.left', detail: '77 people would be marked as leavers; 15 may be', count: 77, allowed: 15 },
  ],
  rows: [
    {
      row: 1,
      externalId: 'E1',
      record: {
        externalId: 'E1',
        dropFile: 'hr/people.csv',
        collected: {
          lookedAt: '2026-03-01T05:00:00Z',
          runId: null,
          problem: 'people.csv is a link; put the file itself there',
        },
        kind: 'person',
        displayName: 'Ada Lund',
        email: 'ada@x.example',
        username: 'alund',
        department: 'Care',
        orgUnit: null,
        jobTitle: 'Nurse',
        managerExternalId: null,
        status: 'active',
        startsOn: '2020-01-01',
        endsOn: null,
        attributes: { cost_centre: 'C1' },
      },
      problems: [],
      what: 'move',
      changed: ['department'],
    },
    {
      row: 3,
      externalId: 'E3',
      record: null,
      problems: [{ code: 'row.value', detail: 'row 3: email is not a mail address' }],
      what: 'bad',
      changed: [],
    },
  ],
};

const rules = {
  weights: { employeeId: 0.99, mailAddress: 0.95, username: 0.85, fullName: 0.8, accountElsewhere: 0.5 },
  sure: 0.9,
  worthAsking: 0.5,
  margin: 0.15,
  alike: 0.75,
  unlike: 0.5,
};
const candidates = [0, 1].map((n) => ({
  identityId: person(n).id,
  name: person(n).name,
  username: `p${String(n)}`,
  score: 0.85 - n / 10,
  parts: [{ attribute: 'username', score: 0.85 - n / 10 }],
}));

export const sourceRoutes: Routes = {
  'GET /v1/scim/clients': () => ({
    items: [
      {
        id: id('5c', 0),
        name: 'entra',
        sourceId: id('50', 0),
        identityId: id('1d', 9),
        scopes: ['read', 'write'],
        usernameFrom: 'local_part',
        baselineUntil: days(3),
        createdAt: days(-4),
        tokenEndsAt: days(170),
        lastUsedAt: minutes(-2),
        users: 412,
        groups: 31,
      },
    ],
    nextCursor: null,
  }),
  'POST /v1/scim/clients': () => ({ token: 'reeve_scim_example' }),
  'GET /v1/correlation/rules': () => rules,
  'PUT /v1/correlation/rules': () => rules,
  'POST /v1/correlation/preview': () => ({
    rules,
    accounts: 12,
    more: false,
    before: { link: 1, case: 3, nothing: 8 },
    after: { link: 2, case: 2, nothing: 8 },
    items: [
      {
        accountId: id('ac', 0),
        accountName: 'lena',
        systemName: 'desk',
        before: 'case',
        after: 'link',
        because: 'username matches (0.95)',
        candidates,
      },
    ],
  }),
  'GET /v1/correlation/cases': () => ({
    items: [
      {
        id: id('cc', 0),
        accountId: id('ac', 0),
        accountName: 'lena',
        systemId: id('5a', 0),
        systemName: 'desk',
        state: 'open',
        candidates,
        openedAt: days(-1),
        resolvedAt: null,
        resolvedBy: null,
        identityId: null,
      },
    ],
    nextCursor: null,
  }),
  'POST /v1/correlation/cases/{id}/resolve': () => ({}),
  'GET /v1/sources': () => ({ items: [source, readSource], nextCursor: null }),
  'POST /v1/sources/look': () => look,
  'POST /v1/sources/{source}/collect': () => readSource,
  'PUT /v1/sources/{source}': () => source,
  'POST /v1/sources/{source}/preview': () => preview,
  'GET /v1/sources/cases': () => ({
    items: [
      {
        id: id('f7', 0),
        sourceId: id('f5', 0),
        sourceName: 'hr',
        externalId: 'd5',
        displayName: 'Ada Lund',
        state: 'open',
        candidates: [
          { identityId: id('1d', 0), name: person(0).name, username: 'a', because: ['email'], gone: false },
          { identityId: id('1d', 1), name: person(1).name, username: 'b', because: ['number'], gone: true },
        ],
        openedAt: days(-1),
        resolvedAt: null,
        resolvedBy: null,
        identityId: null,
      },
    ],
    nextCursor: null,
  }),
  'POST /v1/sources/cases/{id}/resolve': () => ({}),
  'GET /v1/identities/{identity}/lineage': (ask) => ({
    identityId: ask.params['identity'],
    sources: [
      { source: 'hr', externalId: 'E1', present: true, lifecycle: true, rank: 100 },
      { source: 'entra', externalId: 'd1', present: true, lifecycle: false, rank: 200 },
    ],
    facts: [
      {
        fact: 'email',
        value: 'a@x.example',
        source: 'entra',
        externalId: 'd1',
        others: [{ source: 'hr', value: 'b@x.example' }],
      },
      { fact: 'department', value: 'Care', source: 'hr', externalId: 'E1', others: [] },
    ],
  }),
  'GET /v1/sources/{source}/runs': (ask) =>
    page(
      where(runs, ask, 'state', (run) => run.state),
      ask,
    ),
  'GET /v1/runs/{id}/plan': (ask) =>
    page(
      [0, 1, 2].map((n) => ({
        position: n,
        rowNumber: n,
        externalId: String(n),
        identityId: person(n + 9).id,
        displayName: person(n + 9).name,
        what: 'leave',
        changed: ['state'],
        values: null,
        skipped: null,
      })),
      ask,
    ),
  'POST /v1/runs/{id}/accept': ({ params }) => decide(params['id'], 'applying'),
  'GET /v1/runs/{id}/undo': ({ params }) => ({
    run: runs.find((run) => run.id === params['id']) ?? runs[2],
    refusals: [],
    effects: [
      { effect: 'create', n: 71 },
      { effect: 'delete', n: 3 },
      { effect: 'update', n: 2 },
    ],
    heldBecause: [
      {
        code: 'limit.create',
        systemId: null,
        count: 71,
        allowed: 60,
        detail: '71 would be added; 60 of 304 may be at a time',
      },
    ],
    people: [
      {
        identityId: person(0).id,
        displayName: person(0).name,
        effect: 'create',
        what: 'comes back as active: 3 grants and 2 accounts were taken',
        problem: null,
        grants: [
          { name: 'docker on web1', until: null, problem: null },
          { name: 'ledger on desk', until: days(40), problem: null },
          { name: 'pager on web1', until: days(-1), problem: 'its end has come' },
        ],
      },
      {
        identityId: person(1).id,
        displayName: person(1).name,
        effect: 'update',
        what: 'is changed back: department, manager id',
        problem: null,
        grants: [],
      },
    ],
    leftAlone: [
      {
        identityId: person(2).id,
        displayName: person(2).name,
        effect: 'create',
        what: 'comes back as active: 1 grants and 1 accounts were taken',
        problem: 'changed since: a later delivery has changed their row',
        grants: [],
      },
    ],
    leftAloneCount: 1,
    notTakenBack: [
      { what: 'sessions_ended', n: 4, detail: 'sessions were cut off; they are opened again by whoever needs them' },
      {
        what: 'secrets_changed',
        n: null,
        detail: 'what they had checked out was taken back, and changed where Reeve can; it is checked out again',
      },
    ],
  }),
  'POST /v1/runs/{id}/undo': ({ params }) => ({
    already: false,
    massChangeId: id('c4', 1),
    state: 'held',
    items: 77,
    heldBecause: [],
    run: runs.find((run) => run.id === params['id']) ?? runs[2],
  }),
  'POST /v1/runs/{id}/decline': ({ params }) => decide(params['id'], 'declined'),
  'POST /v1/sources/{source}/feeds': () => runs[0],
};
