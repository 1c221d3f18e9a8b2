import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql, type Sql } from '#kit/db/index.ts';
import type { Answer } from '../../harness/peopled-house.ts';
import { sealedWorld, type SealedWorld } from './sealed-world.ts';
import { changeTables } from '../search/change-log.ts';

let world: SealedWorld;
beforeAll(async () => {
  world = await sealedWorld();
});
afterAll(() => world?.house.close());

/** A column whose values are sealed, two of its rows, and the way Reeve opens the first. */
interface Sealed {
  readonly table: string;
  readonly column: string;
  readonly rows: () => { readonly a: Sql; readonly b: Sql };
  /** What is moved and cut: bytes in the column itself, or base64 in one of its members. */
  readonly member?: string;
  /** Opens row a through the product. */
  readonly opens: () => Promise<Answer>;
  readonly refusal: string;
}

const SEALED: readonly Sealed[] = [
  ...(['sealed', 'wrapped_key'] as const).map((column) => ({
    table: 'secret_version',
    column,
    rows: () => ({
      a: sql`secret_id = ${world.vault.a} and version = 2`,
      b: sql`secret_id = ${world.vault.b} and version = 1`,
    }),
    opens: () => world.checkOut(),
    refusal: 'crypto.does_not_open',
  })),
  {
    table: 'signin_totp',
    column: 'sealed_secret',
    rows: () => ({
      a: sql`identity_id = ${world.people.a.caller.id}`,
      b: sql`identity_id = ${world.people.b.caller.id}`,
    }),
    opens: () => world.signIn(),
    refusal: 'crypto.does_not_open',
  },
  {
    table: 'session_event',
    column: 'sealed_detail',
    rows: () => ({ a: sql`session_id = ${world.sessions.a}`, b: sql`session_id = ${world.sessions.b}` }),
    opens: () => world.officer.call('GET', `/v1/sessions/${world.sessions.a}`),
    refusal: 'crypto.does_not_open',
  },
  {
    table: 'subject_key',
    column: 'wrapped',
    rows: () => ({
      a: sql`subject_id = ${world.people.a.caller.id}`,
      b: sql`subject_id = ${world.people.b.caller.id}`,
    }),
    opens: () => world.officer.call('GET', `/v1/audit/events/${world.events.a}/opened`),
    refusal: 'crypto.does_not_open',
  },
  {
    table: 'audit_event',
    column: 'sealed',
    member: '@address',
    rows: () => ({ a: sql`id = ${world.events.a}`, b: sql`id = ${world.events.b}` }),
    opens: () => world.officer.call('GET', `/v1/audit/events/${world.events.a}/opened`),
    refusal: 'integrity.audit_log',
  },
];

/** Digests, hashes of random tokens and public keys: nothing in them opens. */
const NOT_SEALED = [
  'answered_call.input_hash',
  'api_token.token_hash',
  'audit_checkpoint.edge',
  'audit_checkpoint.root',
  'audit_event.leaf',
  'audit_event.stamp',
  'audit_leaf.hash',
  'audit_node.hash',
  'browser_session.key_hash',
  'device_login.device_hash',
  'enrolment_link.token_hash',
  'feed_change.digest',
  'feed_run.content_digest',
  'gateway_password.hash',
  'passkey.public_key',
  'scim_token.token_hash',
  'signin.token_hash',
  'source_aside.digest',
  'source_record.digest',
  'workload_token_used.digest',
];

/** Opened by a job and not by a call: tried in src/platform/webhooks/webhooks.test.ts. */
const SEALED_FOR_JOBS = ['webhook.sealed_old_secret', 'webhook.sealed_secret', 'webhook.sealed_url'];
/** Opened by their holders, each once: tried in src/guard/vault/kits/kits.test.ts. */
const SEALED_FOR_HOLDERS = ['break_glass_kit.sealed_drill_key', 'break_glass_share.sealed_share'];
/** The password of a user that is being made: tried in test/journeys/a-database-user-ends-with-its-lease.test.ts. */
const SEALED_FOR_TARGETS = ['lease.sealed_password'];
/** Commands that wait some minutes for a word: tried in src/guard/sessions/commands/held-commands.test.ts. */
const SEALED_FOR_MINUTES = ['held_command.sealed_command'];
/** Keys of the rings, opened at start and when they change: tried in src/kit/key-ring/key-ring.test.ts and sealed.test.ts. */
const SEALED_FOR_RINGS = ['ring_key.handed_on', 'ring_key_wrap.wrapped', 'root_key_share.sealed'];

test('every column of bytes in the schema is one of the sealed below or holds nothing that opens', async () => {
  const columns = await world.house.db.many<{ name: string }>(sql`
    select table_name || '.' || column_name as name from information_schema.columns
    where table_schema = 'public' and data_type = 'bytea' order by 1`);
  const sealed = SEALED.filter((s) => s.member === undefined).map((s) => `${s.table}.${s.column}`);
  expect(columns.map((c) => c.name)).toEqual(
    [
      ...sealed,
      ...SEALED_FOR_JOBS,
      ...SEALED_FOR_HOLDERS,
      ...SEALED_FOR_MINUTES,
      ...SEALED_FOR_TARGETS,
      ...SEALED_FOR_RINGS,
      ...NOT_SEALED,
    ].toSorted(),
  );
});

const read = async (sealed: Sealed, row: Sql): Promise<Buffer> => {
  const { member, table, column } = sealed;
  const value = (
    await world.house.db.one<{ value: unknown }>(
      sql`select ${sql.id(column)}${member === undefined ? sql`` : sql` -> ${member}`} as value from ${sql.id(table)} where ${row}`,
    )
  ).value;
  return member === undefined ? (value as Buffer) : Buffer.from(String(value), 'base64');
};
const write = (sealed: Sealed, row: Sql, value: Buffer): Promise<void> => {
  const { member, table, column } = sealed;
  const to =
    member === undefined
      ? sql`${value}`
      : sql`${sql.id(column)} || ${sql.json({ [member]: value.toString('base64') })}`;
  return changeTables(world.house.db, [table], (tx) =>
    tx.run(sql`update ${sql.id(table)} set ${sql.id(column)} = ${to} where ${row}`),
  );
};

const flipped = (value: Buffer, at: number): Buffer => {
  const changed = Buffer.from(value);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
};
/** Layout: version 1 · key id 8 · nonce 12 · tag 16 · ciphertext. */
const CHANGES: Readonly<Record<string, (a: Buffer, b: Buffer) => Buffer>> = {
  'the value of another row': (_a, b) => b,
  'the last byte cut off': (a) => a.subarray(0, -1),
  'its tag cut short': (a) => Buffer.concat([a.subarray(0, 21), a.subarray(29)]),
  'nothing but its head': (a) => a.subarray(0, 37),
  'a byte added': (a) => Buffer.concat([a, Buffer.of(0)]),
  'one bit of the version': (a) => flipped(a, 0),
  'one bit of the key id': (a) => flipped(a, 3),
  'one bit of the nonce': (a) => flipped(a, 12),
  'one bit of the tag': (a) => flipped(a, 25),
  'one bit of the ciphertext': (a) => flipped(a, a.length - 1),
  'the nonce and tag of another row': (a, b) => Buffer.concat([a.subarray(0, 9), b.subarray(9, 37), a.subarray(37)]),
};

const refusals = async (code: string): Promise<number> =>
  (
    await world.house.db.one<{ n: number }>(
      sql`select count(*) as n from audit_event where type = 'operation.refused' and data->>'code' = ${code}`,
    )
  ).n;

describe.each(SEALED.map((sealed) => [`${sealed.table}.${sealed.column}`, sealed] as const))('%s', (_name, sealed) => {
  test('opens as Reeve wrote it', async () => {
    expect((await sealed.opens()).status).toBe(200);
  });

  test.each(Object.entries(CHANGES))('does not open, and the log tells so: %s', async (_what, change) => {
    const { a, b } = sealed.rows();
    const [mine, other] = [await read(sealed, a), await read(sealed, b)];
    const before = await refusals(sealed.refusal);
    await write(sealed, a, change(mine, other));
    try {
      const answer = await sealed.opens();
      expect(answer.status).toBe(500);
      expect(answer.body['code']).toBe(sealed.refusal);
      expect(answer.body['fix']).toEqual(expect.any(String));
      expect(answer.text).not.toContain(mine.toString('base64'));
      expect(await refusals(sealed.refusal)).toBe(before + 1);
    } finally {
      await write(sealed, a, mine);
    }
    expect((await sealed.opens()).status).toBe(200);
  });
});
