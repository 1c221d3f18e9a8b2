import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Operation } from '#spine/operations/index.ts';
import { peopledHouse, type Answer, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { kindOf } from '../fuzz/kinds.ts';
import { oneOfEach, type OneOfEach } from '../one-of-each.ts';
import { smallestInput } from '../smallest-input.ts';

let house: PeopledHouse;
let world: OneOfEach;
const askers = new Map<string, Caller>();

/**
 * Everything a role gets done on somebody else's things, by action. All the rest answers as if the thing were not
 * there. A line more here is a decision, and is read as one.
 */
const REACH: Readonly<Record<string, readonly string[]>> = {
  outsider: ['entitlement.read', 'role.read'],
  neighbour: ['entitlement.read', 'role.read'],
  leaver: [],
  helpdesk: [
    'account.read',
    'enrolment.create',
    'entitlement.read',
    'grant.read',
    'identity.read',
    'role.read',
    'system.read',
  ],
  campaign_owner: [
    'campaign.close',
    'campaign.launch',
    'campaign.read',
    'campaign.read_holds',
    'campaign_item.read',
    'campaign_schedule.stop',
    'entitlement.read',
    'role.read',
  ],
  auditor: [
    'access.explain',
    'access.lineage',
    'account.read',
    'audit.open',
    'audit.read',
    'calendar.list',
    'campaign.read',
    'campaign.read_holds',
    'campaign_item.read',
    'candidate_role.read',
    'command_rules.read',
    'correlation_case.read',
    'emergency_path.read',
    'emergency_use.read',
    'entitlement.read',
    'feed_run.list',
    'feed_run.read',
    'feed_run.undo_preview',
    'grant.read',
    'identity.lineage',
    'identity.read',
    'isolation.read',
    'lease.read',
    'identity_risk.read',
    'mass_change.read',
    'policy_version.read',
    'finding.list',
    'receipt.read',
    'recording_hold.read',
    'request.read',
    'request.read_evidence',
    'request_rules.read',
    'role.bindings',
    'role.holders',
    'role.read',
    'role_mining.read',
    'role_version.list',
    'role_version.read',
    'rotation.list',
    'secret.read',
    'secret_folder.read',
    'session.read',
    'session.watch',
    'sod.check',
    'sod_exception.read',
    'sod_rule.read',
    'sod_rule.try',
    'sod_violation.list',
    'ssh_ca.read',
    'ssh_key.list_of',
    'ssh_terms.read',
    'statement_rules.read',
    'system.read',
    'web_terms.read',
    'webhook.read',
  ],
};

beforeAll(async () => {
  house = await peopledHouse();
  const boss = await house.person('boss', {}, ['administrator']);
  const officer = await house.person('officer', {}, ['security_officer']);
  const mara = await house.person('mara');
  const priya = await house.person('priya', { managerId: mara.id });
  const lena = await house.person('lena', { managerId: mara.id, department: 'quiet-department' });
  world = await oneOfEach(house, { lena, priya, boss, officer });

  askers.set('outsider', await house.person('outsider'));
  const neighbour = await house.person('neighbour');
  await house.person('omar', { managerId: neighbour.id });
  askers.set('neighbour', neighbour);
  for (const role of ['helpdesk', 'campaign_owner', 'auditor'] as const)
    askers.set(role, await house.person(role.replace('_', '-'), {}, [role]));
  const leaver = await house.person('leaver', {}, ['auditor']);
  await house.db.run(sql`update identity_facts set state = 'leaver' where identity_id = ${leaver.id}`);
  await house.db.run(sql`insert into signin_password (identity_id, hash) select id, '$argon2id$none' from identity`);
  askers.set('leaver', leaver);
});
afterAll(() => house?.close());

/** Whoever holds the code of a waiting command line may let it in, as themself: one-time-things-once.test.ts. */
const BY_CODE = 'device-login';
const onOneThing = (): readonly Operation[] =>
  [...house.registry.operations.values()].filter(
    (o) => o.path.includes('{') && o.audience !== 'anyone' && !o.path.includes(BY_CODE),
  );

const nothing = (id: string): string =>
  z.uuid().safeParse(id).success ? newId() : /^\d+$/.test(id) ? '987654' : 'no-such-thing';

/** What a question is asked about besides the one thing is there. */
const named = (name: string, value: unknown): string =>
  (name === 'entitlementId' ? world.get('Entitlement') : undefined) ?? String(value);

const ask = (asker: Caller, operation: Operation, id: string): Promise<Answer> => {
  const parameter = /\{(\w+)\}/.exec(operation.path)?.[1] ?? '';
  const { [parameter]: _, ...body } = smallestInput(operation.input, house.clock.now());
  const path = operation.path.replace(`{${parameter}}`, encodeURIComponent(id));
  if (operation.method === 'DELETE') return asker.call(operation.method, path);
  if (operation.method !== 'GET') return asker.call(operation.method, path, body);
  const query = Object.keys(body).map((name) => `${name}=${encodeURIComponent(named(name, body[name]))}`);
  return asker.call(operation.method, query.length === 0 ? path : `${path}?${query.join('&')}`);
};

async function sixAtATime<T>(things: readonly T[], work: (thing: T) => Promise<void>): Promise<void> {
  const waiting = [...things];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: 6 }, worker));
}

/** An answer without what differs from call to call. */
const told = (answer: Answer, id: string): string =>
  `${answer.status} ${answer.text.replaceAll(id, 'ID').replaceAll(/"(trace_id|decision|challenge)":"[^"]*"/g, '')}`;

test('every operation on one thing has a thing to be tried on', () => {
  const kinds = new Map(onOneThing().map((o) => [`${o.method} ${o.path}`, kindOf(o)]));
  const without = [...kinds].filter(([, kind]) => !world.has(kind));
  expect(without).toEqual([]);
});

test.each(Object.keys(REACH))(
  '%s reaches what its role names of other people’s things, and all else answers as if it were not there',
  async (role) => {
    const asker = askers.get(role);
    if (asker === undefined) throw new Error(`nobody is ${role}`);
    const reached = new Set<string>();
    const differing: string[] = [];
    const unread: string[] = [];
    const tryOn = async (operation: Operation): Promise<void> => {
      const kind = kindOf(operation);
      const id = world.get(kind) ?? '';
      const missing = nothing(id);
      const absent = await ask(asker, operation, missing);
      const present = await ask(asker, operation, id);
      const where = `${operation.action} ${operation.method} ${operation.path}`;
      if (absent.status === 422 && present.status === 422) unread.push(`${where}: ${present.text}`);
      if (present.status < 300) reached.add(operation.action);
      else if (told(present, id) !== told(absent, missing) && !maySee(role, kind))
        differing.push(`${where}\n  there:     ${told(present, id)}\n  not there: ${told(absent, missing)}`);
    };
    await sixAtATime(onOneThing(), tryOn);
    expect(unread, 'inputs that were refused before anybody was asked').toEqual([]);
    expect(differing).toEqual([]);
    expect([...reached].sort()).toEqual([...(REACH[role] ?? [])].sort());
  },
  60_000,
);

/** What is told, and decided, with the secret it is of. */
const OF_SECRETS = new Set(['Checkout', 'CheckoutAsk']);

/** Whoever reads a kind may be told more than that it is not there: why an action on it is refused. */
const maySee = (role: string, kind: string): boolean => {
  const noun =
    kind === 'Event'
      ? 'audit'
      : OF_SECRETS.has(kind)
        ? 'secret'
        : kind.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase();
  return (REACH[role] ?? []).includes(`${noun}.read`);
};

test('nothing was changed by all that asking but what a role names', async () => {
  const rows = await house.db.one<{ live: number; keys: number; tokens: number; secrets: number }>(sql`
    select (select count(*) from access_grant where identity_id = ${world.get('Identity') ?? null} and ended_because is null) as live,
           (select count(*) from ssh_key where removed_at is null) as keys,
           (select count(*) from api_token where revoked_at is null) as tokens,
           (select count(*) from secret where removed_at is null) as secrets`);
  expect(rows).toEqual({ live: 1, keys: 1, tokens: 1, secrets: 1 });
});

/** What is public among active people: the catalogue. */
const PUBLIC = new Set(['Entitlement', 'System', 'Role']);
const WORDS = [
  'quiet-lena',
  'quiet reason',
  'quiet because',
  'quiet evidence',
  'quiet problem',
  'quiet-passkey',
  'quiet-client',
  'quiet/key',
  'quiet campaign',
  'quiet birthright',
  'quiet-source',
  'quiet-directory',
  'quiet rule',
  'quiet-department',
  '127.0.0.9',
];

test.each(['outsider', 'neighbour', 'leaver'])(
  'no list, count or search of %s shows anything of somebody else',
  async (role) => {
    const asker = askers.get(role);
    if (asker === undefined) throw new Error(`nobody is ${role}`);
    const secrets = [
      ...WORDS,
      ...[...world].filter(([kind, id]) => !PUBLIC.has(kind) && id.length > 5).map(([, id]) => id),
    ];
    const leaks: string[] = [];
    let shown = 0;
    const look = async (list: Operation): Promise<void> => {
      const plain = await asker.call('GET', list.path);
      if (plain.status === 200) shown += 1;
      for (const word of secrets) if (plain.text.includes(word)) leaks.push(`${list.path} shows ${word}`);
      for (const filter of Object.keys(list.input.shape).filter((f) => !['cursor', 'limit'].includes(f))) {
        for (const kind of ['Identity', 'Account', 'Grant']) {
          const id = world.get(kind) ?? '';
          const other = nothing(id);
          const hit = await asker.call('GET', `${list.path}?${filter}=${id}`);
          if (hit.status === 422) break;
          const miss = await asker.call('GET', `${list.path}?${filter}=${other}`);
          if (told(hit, id) !== told(miss, other))
            leaks.push(`${list.path}?${filter}=<${kind}>: ${hit.text} / ${miss.text}`);
        }
      }
    };
    await sixAtATime(
      [...house.registry.operations.values()].filter((o) => o.method === 'GET' && !o.path.includes('{')),
      look,
    );
    expect(leaks).toEqual([]);
    if (role !== 'leaver') expect(shown).toBeGreaterThan(5);
  },
  60_000,
);
