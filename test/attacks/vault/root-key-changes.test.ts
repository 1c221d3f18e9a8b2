import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORDS } from '#guard/leases/ask-lease.ts';
import { passwordContext } from '#guard/leases/model.ts';
import { keysOf, open, rootKeyOf, seal } from '#kit/crypto/index.ts';
import { sql, type Sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { bundleScript, until } from '#kit/testing/index.ts';
import { proving } from '../../harness/fresh-proof.ts';
import { peopledHouse, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { softToken, type SoftToken } from '../../harness/soft-token.ts';
import { must } from '../one-of-each.ts';

const SECRETS = 300;
/** Secrets, events of sessions, shares and drill keys of kits, passwords of leases. */
const PARTS = 5;
const leaseId = newId();
let holder: Caller;
let kitId: string;
const token = softToken();
let house: PeopledHouse;
let boss: Caller;
let officer: Caller;
let ids: string[] = [];

beforeAll(async () => {
  house = await peopledHouse(typeof token === 'string' ? {} : { token: token.settings });
  boss = proving(house, await house.person('boss', {}, ['administrator']));
  officer = proving(house, await house.person('joaquin', {}, ['security_officer']));
  for (let i = 0; i < SECRETS; i += 10)
    ids.push(
      ...(await Promise.all(
        Array.from({ length: 10 }, async (_, n) => {
          const made = { name: `team/s${i + n}`, kind: 'password', value: `value-${i + n}-1` };
          return must<{ id: string }>(await officer.call('POST', '/v1/vault/secrets', made)).id;
        }),
      )),
    );
  holder = await house.person('ines');
  const holderIds = [holder.id, (await house.person('mats')).id];
  const kit = { name: 'core', secretIds: ids.slice(0, 2), holderIds, threshold: 2, drillEveryDays: 90 };
  kitId = must<{ id: string }>(await officer.call('POST', '/v1/vault/kits', kit)).id;
  await aLeaseThatIsMade();
});
afterAll(async () => {
  await house?.close();
});

/** A lease whose user is being made, with its password. */
async function aLeaseThatIsMade(): Promise<void> {
  const [systemId, entitlementId, templateId] = [newId(), newId(), newId()];
  const { db, keys, clock } = house;
  const now = clock.now();
  await db.run(sql`insert into system (id, name, kind, valid_from) values (${systemId}, 'orders', 'csv', ${now})`);
  await db.run(sql`insert into entitlement (id, system_id, kind, native_id, name, source, valid_from)
    values (${entitlementId}, ${systemId}, 'role', 'r', 'r', 'reading', ${now})`);
  await db.run(sql`insert into lease_template (id, name, system_id, entitlement_id, entitlements, prefix, default_seconds, longest_seconds, owner_id, made_at)
    values (${templateId}, 't', ${systemId}, ${entitlementId}, array['role:r'], 'lea_', 600, 600, ${officer.id}, ${now})`);
  await db.run(sql`insert into lease (id, template_id, system_id, identity_id, grant_ids, account, sealed_password, state, asked_at, ends_at, latest_at)
    values (${leaseId}, ${templateId}, ${systemId}, ${officer.id}, array[${newId()}]::uuid[], 'lea_1',
      ${seal(keys.sealing(PASSWORDS), Buffer.from('of a lease'), passwordContext(leaseId))}, 'asked', ${now},
      ${now}::timestamptz + interval '1 hour', ${now}::timestamptz + interval '1 hour')`);
}

const newest = async (ring = 'vault'): Promise<number> =>
  (
    await house.db.one<{ n: number }>(
      sql`select generation as n from ring_key where ring = ${ring} and state = 'current'`,
    )
  ).n;
/** How many rows of the vault are not under the key that seals now. */
const left = async (): Promise<number> =>
  (
    await house.db.one<{ n: number }>(sql`
      select count(*) as n from secret_version
      where wrapped_key is not null and substring(wrapped_key from 2 for 8) <> ${house.keys.sealing('vault wrapping').id}`)
  ).n;
const moved = async (generation: number): Promise<void> => {
  await until(
    async () => {
      await house.rings.vault.refresh();
      if ((await newest()) !== generation) return false;
      const { n } = await house.db.one<{ n: number }>(
        sql`select count(*) as n from rewrap_part where ring = 'vault' and generation = ${generation} and finished_at is not null`,
      );
      return n >= PARTS;
    },
    { timeoutMs: 40_000, what: `everything to be under generation ${generation}` },
  );
  expect(await left()).toBe(0);
};
const read = async (i: number): Promise<unknown> => {
  const out = await officer.call('POST', `/v1/vault/secrets/${ids[i] ?? ''}/checkout`, { reason: 'load' });
  if (out.status !== 200) return `${out.status} ${out.text}`;
  must(await officer.call('POST', `/v1/vault/checkouts/${String(out.body['checkoutId'])}/checkin`));
  return out.body['value'];
};

/** Reads and writes all the while; answers what went wrong. */
async function underLoad(work: () => Promise<void>): Promise<readonly string[]> {
  const state = { going: true };
  const wrong: string[] = [];
  let calls = 0;
  const workers = Promise.all(
    [0, 1, 2, 3].map(async (worker) => {
      let version = 1;
      for (let i = worker; state.going; i = (i + 4) % SECRETS) {
        const value = String(await read(i));
        if (!value.startsWith(`value-${i}-`)) wrong.push(`${i}: ${value}`);
        version += 1;
        const put = await officer.call('POST', `/v1/vault/secrets/${ids[i] ?? ''}/versions`, {
          value: `value-${i}-${version}`,
        });
        if (put.status !== 200) wrong.push(`${i}: ${put.status} ${put.text}`);
        calls += 2;
      }
    }),
  );
  try {
    await work();
  } finally {
    state.going = false;
    await workers;
  }
  expect(calls).toBeGreaterThan(8);
  return wrong;
}
const verified = async (): Promise<void> => {
  expect(must(await officer.call('POST', '/v1/vault/verify'))).toMatchObject({ ok: true, opened: SECRETS, wrong: [] });
};

test('from file to file while everything goes on: nobody notices, and the old key opens nothing any more', async () => {
  const wrong = await underLoad(async () => {
    must(await boss.call('POST', '/v1/vault/rekey', { place: 'file' }));
    await moved(2);
  });
  expect(wrong).toEqual([]);
  await verified();
  const rows = await house.db.many<{ wrapped: Buffer }>(sql`select wrapped_key as wrapped from secret_version`);
  const old = keysOf(rootKeyOf(Buffer.alloc(32, 7))).sealing('vault wrapping');
  expect(rows.filter(({ wrapped }) => wrapped.subarray(1, 9).equals(old.id))).toEqual([]);
});

test('what waits for its holder or for a target moves too, and opens as before', async () => {
  const sealed = async (of: Sql): Promise<Buffer[]> =>
    (await house.db.many<{ sealed: Buffer }>(of)).map((r) => r.sealed);
  const kits = house.keys.sealing('break-glass kits').id;
  const shares = await sealed(sql`select sealed_share as sealed from break_glass_share where kit_id = ${kitId}`);
  const drills = await sealed(sql`select sealed_drill_key as sealed from break_glass_kit where id = ${kitId}`);
  expect([...shares, ...drills].map((one) => one.subarray(1, 9).equals(kits))).toEqual([true, true, true]);
  const [password = Buffer.alloc(0)] = await sealed(
    sql`select sealed_password as sealed from lease where id = ${leaseId}`,
  );
  const key = house.keys.sealing(PASSWORDS);
  expect(password.subarray(1, 9).equals(key.id)).toBe(true);
  expect(open(key, password, passwordContext(leaseId)).toString()).toBe('of a lease');
  must(await holder.call('POST', `/v1/vault/kits/${kitId}/share`));
});

test('from file to shares while everything goes on', async () => {
  const holders = await Promise.all(
    ['ada', 'ben', 'cleo'].map(async (name) => proving(house, await house.person(name))),
  );
  const wrong = await underLoad(async () => {
    const input = { place: 'shamir', holders: holders.map(({ id }) => id), threshold: 2 };
    must(await boss.call('POST', '/v1/vault/rekey', input));
    for (const holder of holders) must(await holder.call('POST', '/v1/vault/shares/take'));
    await moved(3);
  });
  expect(wrong).toEqual([]);
  await verified();
});

describe.runIf(typeof token !== 'string')('a security module', () => {
  test('from shares into a token while everything goes on', async () => {
    const wrong = await underLoad(async () => {
      must(await boss.call('POST', '/v1/vault/rekey', { place: 'pkcs11' }));
      await moved(4);
    });
    expect(wrong).toEqual([]);
    await verified();
    expect(must(await boss.call('GET', '/v1/vault/keys'))).toMatchObject({ vault: { place: 'pkcs11', state: 'open' } });
  });

  test('a token taken out seals the vault, and put back it is open again', async () => {
    const soft = token as SoftToken;
    soft.takeOut();
    try {
      await until(() => house.rings.vault.state === 'unreachable', {
        timeoutMs: 5_000,
        what: 'the vault to be sealed',
      });
      expect(String(await read(0))).toContain('vault.sealed');
      await house.rings.vault.refresh().catch(() => undefined);
      expect(house.rings.vault.state).toBe('unreachable');
    } finally {
      soft.putBack();
    }
    await until(
      async () => {
        await house.rings.vault.refresh().catch(() => undefined);
        return house.rings.vault.state === 'open';
      },
      { timeoutMs: 10_000, what: 'the vault to be open again' },
    );
    expect(String(await read(0))).toMatch(/^value-0-/);
    must(await boss.call('POST', '/v1/vault/rekey', { place: 'file' }));
    await moved(5);
  });
});

test('killed again and again while data keys move, it goes on from there and none is lost', async () => {
  const before = await newest();
  await house.idle();
  must(await boss.call('POST', '/v1/vault/rekey', { place: 'file' }));
  const script = bundleScript(fileURLToPath(new URL('move-data-keys.ts', import.meta.url)));
  const folder = house.places.rootKeyFile;
  let killed = 0;
  let through = false;
  for (let i = 0; i < 40 && !through; i += 1) {
    const child = spawn(process.execPath, [script, house.databaseUrl, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const end = once(child, 'exit');
    // Each is let go on for one more step than the one before, and killed in the middle of the next.
    let steps = 0;
    child.stdout.on('data', (told: Buffer) => {
      steps += told.toString().split('step').length - 1;
      if (steps > i && i < 8) child.kill('SIGKILL');
    });
    const [code] = (await end) as [number | null];
    if (code === null) killed += 1;
    else expect(code).toBe(0);
    through = code === 0;
  }
  expect(killed).toBeGreaterThan(2);
  await house.rings.vault.refresh();
  expect(await newest()).toBe(before + 1);
  expect(await left()).toBe(0);
  await verified();
});

test('the records move too: what was signed, sealed for people and for sign-in is there as before', async () => {
  const key = house.keys.signing('audit checkpoints').publicKey;
  must(await boss.call('POST', '/v1/vault/rekey', { ring: 'records', place: 'file' }));
  for (let i = 0; i < 10 && (await newest('records')) !== 2; i += 1) {
    await house.tasks['keys.move_data_keys']?.({}, {} as never);
    await house.rings.records.refresh();
  }
  await house.tasks['keys.move_data_keys']?.({}, {} as never);
  expect(await newest('records')).toBe(2);
  expect(house.keys.signing('audit checkpoints').publicKey).toEqual(key);
  const { n } = await house.db.one<{ n: number }>(sql`
    select count(*) as n from subject_key
    where wrapped is not null and substring(wrapped from 2 for 8) <> ${house.keys.sealing('audit subject keys').id}`);
  expect(n).toBe(0);
  const auditor = await house.person('auditor', {}, ['auditor']);
  const sealed = await house.db.one<{ id: string }>(
    sql`select id from audit_event where type = 'checkout.started' order by id limit 1`,
  );
  const opened = await auditor.call('GET', `/v1/audit/events/${sealed.id}/opened`);
  expect(must<{ opened: object }>(opened).opened).toMatchObject({ reason: 'load' });
});
