import type { Entry, EntryDetail, RenameCase, Waiting } from '../src/api/catalogue.ts';
import { days, id, page, type Ask, type Routes } from './answer.ts';
import { withSaid } from './entry-edits.ts';
import { person } from './people.ts';

const systems = ['web1', 'orders', 'directory', 'erp'];
const risks = ['low', 'medium', 'high', 'critical'] as const;
const classes = ['public', 'internal', 'confidential', 'restricted', null] as const;
const names: readonly (readonly [string, string | null])[] = [
  ['docker', 'Runs containers on the host, which is as good as being root there'],
  ['sudo', 'Everything on the host'],
  ['orders_read', 'Reads orders for support'],
  ['orders_write', null],
  ['Payroll Approvers', 'Releases the monthly salaries'],
  ['Payroll Readers', 'Sees salaries'],
  ['Vendor Maintenance', 'Changes bank details of vendors'],
  ['Finance All', null],
  ['deployers', 'Ships releases to the shop'],
  ['backup operators', null],
];

const entryOf = (n: number): Entry => {
  const [name, description] = names[n % names.length] ?? ['group', null];
  const used = n % 5 === 0 ? 'unknown' : n % 7 === 0 ? 'never' : n % 3 === 0 ? 'long_ago' : 'recent';
  return {
    id: id('e7', n),
    systemId: id('5e', n % 4),
    systemName: systems[n % 4] ?? 'web1',
    kind: 'group',
    nativeId: `group:${name.toLowerCase().replaceAll(' ', '-')}`,
    name: n < names.length ? name : `${name} ${String(n)}`,
    description,
    ownerId: n % 4 === 3 ? null : person(n % 9).id,
    ownerName: n % 4 === 3 ? null : person(n % 9).name,
    risk: risks[n % 4] ?? 'medium',
    dataClass: classes[n % 5] ?? null,
    regulated: n % 5 === 4 ? ['pii', 'sox'] : [],
    tags: n % 3 === 0 ? ['finance'] : n % 3 === 1 ? ['shop', 'production'] : [],
    requestable: description !== null && n % 4 !== 3,
    privileged: n % 5 < 2,
    maxSeconds: n % 2 === 0 ? 28_800 : null,
    holders: (n * 37) % 412,
    granted: (n * 11) % 40,
    countedAt: days(-0.2),
    used,
    lastUsedAt: used === 'recent' ? days(-n - 1) : used === 'long_ago' ? days(-200 - n) : null,
    useKnown: used === 'unknown' || used === 'never' ? used : n % 2 === 0 ? 'account' : 'exercised',
    renamedAt: null,
  };
};
const entries = Array.from({ length: 84 }, (_, n) => entryOf(n));

const found = ({ query }: Ask): Entry[] => {
  const text = query.get('text')?.toLowerCase();
  const asked = (name: string): string | undefined => query.get(name) ?? undefined;
  const flag = (name: string, of: boolean): boolean => asked(name) === undefined || String(of) === asked(name);
  return entries.filter(
    (e) =>
      (text === undefined || JSON.stringify(e).toLowerCase().includes(text)) &&
      (asked('systems') ?? e.systemName) === e.systemName &&
      (asked('risks') ?? e.risk) === e.risk &&
      (asked('dataClasses') ?? e.dataClass ?? 'unclassified') === (e.dataClass ?? 'unclassified') &&
      (asked('uses') ?? e.used) === e.used &&
      (asked('tags') === undefined || [...e.tags, ...e.regulated].includes(asked('tags') ?? '')) &&
      flag('owned', e.ownerId !== null) &&
      flag('described', e.description !== null) &&
      flag('requestable', e.requestable) &&
      flag('privileged', e.privileged),
  );
};
const counts = (values: readonly string[]) =>
  [...new Set(values)]
    .map((value) => ({ value, name: value, n: values.filter((v) => v === value).length }))
    .toSorted((a, b) => b.n - a.n);

const waiting: Waiting[] = [
  {
    ...entryOf(3),
    reasons: ['no_owner', 'no_description'],
    goneSince: null,
    renamedFrom: null,
    renamedAt: null,
    namedBy: [],
    suggestion: 'Group orders_write on orders; whoever has it also has orders_read.',
  },
  {
    ...entryOf(7),
    reasons: ['no_owner', 'no_description'],
    goneSince: null,
    renamedFrom: null,
    renamedAt: null,
    namedBy: [],
    suggestion: null,
  },
  {
    ...entryOf(8),
    reasons: ['renamed'],
    goneSince: null,
    renamedFrom: 'group:release',
    renamedAt: days(-2),
    namedBy: [],
    suggestion: null,
  },
  {
    ...entryOf(9),
    id: id('e7', 99),
    name: 'legacy-ops',
    reasons: ['gone_in_use'],
    goneSince: days(-3),
    renamedFrom: null,
    renamedAt: null,
    namedBy: ['role Operations', 'rule Deploys and approves'],
    suggestion: null,
  },
];
const renames: RenameCase[] = [
  {
    id: id('ae', 1),
    systemId: id('5e', 1),
    systemName: 'orders',
    goneId: id('e7', 50),
    goneName: 'reader',
    cameId: id('e7', 51),
    cameName: 'viewer',
    because: '14 of 15 who have either have both',
    foundAt: days(-1),
  },
];

const detailOf = (asked: string): EntryDetail => {
  const entry = entries.find((e) => e.id === asked) ?? entryOf(0);
  const gone = asked === id('e7', 99);
  const { used: _used, renamedAt: _renamed, ...rest } = entry;
  return {
    ...rest,
    ...(gone ? { id: asked, name: 'legacy-ops', nativeId: 'group:legacy-ops' } : {}),
    suggestion: null,
    ownerGone: false,
    aliases: ['containers'],
    licence: 'Container Suite',
    licenceCost: 12.5,
    licenceCurrency: 'EUR',
    reviewedAt: days(-90),
    markedPrivileged: false,
    privilegedThrough: [],
    goneSince: gone ? days(-3) : null,
    renamedFrom: null,
    renamedAt: null,
    knownSince: days(-400),
    parents: [],
    children: [],
    roles: [{ id: id('70', 1), name: 'Operations' }],
    rules: [{ id: id('50', 1), name: 'Deploys and approves' }],
    birthrights: [],
    prerequisites: [
      { needsId: null, name: 'container-training', gone: false, attribute: 'container-training', value: null },
    ],
    neededBy: [],
    stewards: [{ id: person(2).id, name: person(2).name }],
    history: [
      {
        at: days(-90),
        changed: ['reviewed'],
        description: entry.description,
        ownerName: entry.ownerName,
        nativeId: entry.nativeId,
        risk: entry.risk,
      },
      {
        at: days(-300),
        changed: ['description', 'owner'],
        description: entry.description,
        ownerName: entry.ownerName,
        nativeId: entry.nativeId,
        risk: entry.risk,
      },
      {
        at: days(-400),
        changed: ['known'],
        description: null,
        ownerName: null,
        nativeId: entry.nativeId,
        risk: 'medium',
      },
    ],
  };
};

export const catalogueRoutes: Routes = {
  'GET /v1/catalogue': (ask) => {
    const all = found(ask);
    return {
      ...page(all, ask),
      correctedTo: null,
      facets: {
        system: counts(all.map((e) => e.systemName)),
        risk: counts(all.map((e) => e.risk)),
        dataClass: counts(all.map((e) => e.dataClass ?? 'unclassified')),
        tag: counts(all.flatMap((e) => [...e.tags, ...e.regulated])),
        owned: counts(all.map((e) => String(e.ownerId !== null))),
        described: counts(all.map((e) => String(e.description !== null))),
        requestable: counts(all.map((e) => String(e.requestable))),
        privileged: counts(all.map((e) => String(e.privileged))),
        used: counts(all.map((e) => e.used)),
      },
    };
  },
  'GET /v1/catalogue/{id}': ({ params }) =>
    withSaid(detailOf(params['id'] ?? ''), (n) => `${entryOf(n).systemName}: ${entryOf(n).name}`),
  'GET /v1/access/who-could-reach': (ask) =>
    page(
      [0, 1, 2].map((n) => ({
        identityId: person(n).id,
        identityName: person(n).name,
        via: 'grant',
        sourceId: id('6', n),
        entitlementId: id('e7', 0),
        accountId: null,
        systemId: id('5e', 0),
        systemName: 'web1',
        name: 'docker',
        path: [
          { kind: 'grant', id: id('6', n), name: 'request' },
          ...(n === 1 ? [{ kind: 'role', id: id('70', 1), name: 'Operations' }] : []),
          ...(n === 2 ? [{ kind: 'entitlement', id: id('e7', 8), name: 'deployers' }] : []),
          { kind: 'entitlement', id: id('e7', 0), name: 'docker' },
        ],
        validFrom: days(-30 - n),
        validTo: null,
        privileged: true,
      })),
      ask,
    ),
  'GET /v1/stewardship': (ask) => {
    const reason = ask.query.get('reason');
    return {
      ...page(
        waiting.filter((w) => reason === null || (w.reasons as readonly string[]).includes(reason)),
        ask,
      ),
      counts: {},
    };
  },
  'GET /v1/rename-cases': (ask) => page(renames, ask),
  'POST /v1/rename-cases/{id}/answer': ({ params }) => ({ id: params['id'], entitlementId: id('e7', 50) }),
  'POST /v1/catalogue/edits/preview': ({ body }) => {
    const ids = body['ids'] as readonly string[];
    return {
      asked: ids.length,
      changed: ids.length,
      refused: 0,
      over: [],
      items: ids.map((one) => ({
        id: one,
        name: entries.find((e) => e.id === one)?.name ?? '',
        systemId: id('5e', 0),
        changes: [{ field: 'risk', from: 'medium', to: 'high' }],
        refused: null,
      })),
    };
  },
  'POST /v1/catalogue/edits': ({ body }) => ({ changed: (body['ids'] as readonly string[]).length, heldAs: null }),
};
