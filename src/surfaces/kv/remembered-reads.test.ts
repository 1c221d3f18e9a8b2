import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashToken } from '#kit/crypto/index.ts';
import { openDb, sql, type Db, type Sql, type Tx } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { vaultModule } from '#guard/vault/index.ts';
import { openKv } from '#guard/vault/kv/index.ts';
import { createAuthenticator, proveTokens, signinModule } from '#platform/signin/index.ts';
import { locksModule, lockOnEverything } from '#spine/locks/index.ts';
import { ADMIN_ROLES, createIdentity, endGrant, graphModule, startGrant } from '#spine/graph/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';

const NAME = 'team/app/db';
const HOUR = 3_600_000;
const arrange = {
  name: 'arrange',
  policies: `@id("arrange.all") permit (principal == Reeve::Component::"arrange", action == Reeve::Action::"arrange.all", resource);`,
};

let house: House;
let folder: { readonly id: string; readonly readEntitlementId: string };
let officer: string;
let secret: string;
/** Reads as a program does, token first; by a process that remembers, or by one that just started. */
let read: (token: string, on?: 'warm' | 'cold') => Promise<unknown>;

const outcome = (db: Db) => {
  const kv = openKv({ ...house, db, proveTokens });
  const authenticate = createAuthenticator(db, house.clock);
  return async (token: string): Promise<unknown> => {
    const asker = await authenticate({ cookie: undefined, token, address: '127.0.0.1' });
    if (asker === undefined) return 'no token';
    try {
      const { text } = await kv.read({ ...asker, trace: newId() }, NAME);
      return text === null ? 'deleted' : (JSON.parse(text) as { v: string }).v;
    } catch (error) {
      if (error instanceof AppError) return error.code;
      throw error;
    }
  };
};

interface Reader {
  readonly id: string;
  readonly token: string;
  readonly grantId: string;
}
const makeReader = (grant: Readonly<Record<string, unknown>> = {}): Promise<Reader> =>
  house.as('arrange').act({ action: 'arrange.all' }, async (ctx, permit) => {
    const token = `rv_${newId()}`;
    const { id } = await createIdentity(ctx, permit, { kind: 'service', facts: { displayName: token } });
    const { id: grantId } = await startGrant(ctx, permit, {
      identityId: id,
      entitlementId: folder.readEntitlementId,
      origin: 'admin',
      reason: 'test',
      ...grant,
    } as Parameters<typeof startGrant>[2]);
    await ctx.tx.run(sql`
      insert into api_token (id, token_hash, identity_id, name, scopes, created_at, ends_at)
      values (${newId()}, ${hashToken(token)}, ${id}, 'test', ${['*']}, ${ctx.now}, ${ctx.now}::timestamptz + interval '90 days')`);
    return { id, token, grantId };
  });
const inHours = (n: number): Date => new Date(house.clock.now().getTime() + n * HOUR);

beforeAll(async () => {
  house = await testHouse(({ db, keys }) => [
    graphModule,
    vaultModule({ keys }),
    signinModule({ db, keys, publicUrl: 'http://localhost' }),
    locksModule({ takeStepUp: () => Promise.reject(new Error('nobody proves anything here')) }),
    arrange,
  ]);
  officer = await house.as('arrange').act({ action: 'arrange.all' }, async (ctx, permit) => {
    const { id } = await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: 'Officer' } });
    const entitlementId = ADMIN_ROLES.security_officer;
    await startGrant(ctx, permit, { identityId: id, entitlementId, origin: 'admin', reason: 'test' });
    return id;
  });
  folder = await house.perform('folders.create', { path: 'team/app', description: 'What the app needs' }, officer);
  const writer = await makeReader({
    entitlementId: (folder as unknown as { writeEntitlementId: string }).writeEntitlementId,
  });
  const asker = { principal: { kind: 'identity', id: writer.id }, origin: { via: 'api' }, trace: 'test' } as const;
  ({
    secret: { id: secret },
  } = await openKv({ ...house, proveTokens }).write(asker, NAME, { v: 'one' }));
  const warm = outcome(house.db);
  read = async (token, on = 'warm') => {
    if (on === 'warm') return await warm(token);
    const db = await openDb({ url: house.databaseUrl, clock: house.clock, log: silentLog });
    try {
      return await outcome(db)(token);
    } finally {
      await db.close();
    }
  };
});
afterAll(() => house.close());

/** Reads twice, so that the second rests on what the first left, changes something, and reads again. */
async function expectAfter(
  reader: Reader,
  change: () => Promise<unknown>,
  wanted: unknown,
  before: unknown = 'one',
): Promise<void> {
  expect(await read(reader.token)).toBe(before);
  expect(await read(reader.token)).toBe(before);
  await change();
  expect(await read(reader.token, 'cold')).toBe(wanted);
  expect(await read(reader.token)).toBe(wanted);
  expect(await read(reader.token)).toBe(wanted);
}
const run = (statement: Sql) => () => house.db.run(statement);
const goOn = (hours: number) => () => Promise.resolve(house.clock.advance(hours * HOUR));
const lock = (scope: string, identityId: string | null, endsAt: Date): Sql => sql`
  insert into access_lock (id, scope, identity_id, reason, placed_by, placed_at, ends_at)
  values (${newId()}, ${scope}, ${identityId}, 'test', ${officer}, ${house.clock.now()}, ${endsAt})`;

it('a token that is proved with what it asks for is remembered each time, when its use is noted as well', async () => {
  const { token } = await makeReader();
  const kv = openKv({ ...house, proveTokens });
  const isKept = async (): Promise<boolean> =>
    (await house.db.kept('tokens')).get(hashToken(token).toString('latin1'), house.clock.now()) !== undefined;
  const usedAt = async (): Promise<Date | null> =>
    (
      await house.db.one<{ at: Date | null }>(
        sql`select last_used_at as at from api_token where token_hash = ${hashToken(token)}`,
      )
    ).at;
  for (const ms of [0, 120_000, 120_000]) {
    house.clock.advance(ms);
    expect(await isKept()).toBe(false);
    await kv.read({ token, address: '127.0.0.1', trace: newId() }, NAME);
    expect(await isKept()).toBe(true);
    expect(await usedAt()).toEqual(house.clock.now());
  }
});

describe('a read that rests on what is remembered answers as one that does not', () => {
  it('when a grant is ended, or ends, or begins', async () => {
    const reader = await makeReader();
    await expectAfter(
      reader,
      () =>
        house.as('arrange').act({ action: 'arrange.all' }, async (ctx, permit) => {
          await endGrant(ctx, permit, { grantId: reader.grantId, because: 'revoked' });
        }),
      'policy.denied',
    );
    await expectAfter(await makeReader({ validTo: inHours(2) }), goOn(2), 'policy.denied');
    await expectAfter(await makeReader({ validFrom: inHours(2) }), goOn(2), 'one', 'policy.denied');
  });

  it('when what is granted ends, and when it is reached by a way that begins later', async () => {
    const reader = await makeReader();
    await expectAfter(
      reader,
      run(sql`update entitlement set valid_to = ${inHours(3)} where id = ${folder.readEntitlementId}`),
      'one',
    );
    await expectAfter(reader, goOn(3), 'policy.denied');
    await expectAfter(
      reader,
      run(sql`update entitlement set valid_to = null where id = ${folder.readEntitlementId}`),
      'one',
      'policy.denied',
    );

    const role = newId();
    await house.db.run(sql`
      insert into role (id, name, description, owner_id, valid_from) values (${role}, 'Readers', 'Who reads', ${officer}, ${house.clock.now()})`);
    const member = await makeReader({ entitlementId: undefined, roleId: role });
    await expectAfter(
      member,
      run(sql`
        insert into role_content (id, role_id, entitlement_id, valid_from)
        values (${newId()}, ${role}, ${folder.readEntitlementId}, ${inHours(1)})`),
      'policy.denied',
      'policy.denied',
    );
    await expectAfter(member, goOn(1), 'one', 'policy.denied');
    await expectAfter(
      member,
      run(sql`update role_content set valid_to = ${inHours(1)} where role_id = ${role}`),
      'one',
    );
    await expectAfter(member, goOn(1), 'policy.denied');
  });

  it('when somebody is no longer active, from a day that was said before', async () => {
    const reader = await makeReader();
    const at = inHours(4);
    await expectAfter(
      reader,
      async () => {
        await house.db.tx(async (tx) => {
          await tx.run(sql`update identity_facts set valid_to = ${at} where identity_id = ${reader.id}`);
          await tx.run(sql`
            insert into identity_facts (identity_id, display_name, state, valid_from)
            values (${reader.id}, 'gone', 'leaver', ${at})`);
        });
      },
      'one',
    );
    await expectAfter(reader, goOn(4), 'policy.denied');
  });

  it('when somebody, or everything, is locked, and when the lock lapses', async () => {
    const reader = await makeReader();
    await expectAfter(reader, run(lock('identity', reader.id, inHours(1))), 'policy.denied');
    await expectAfter(reader, goOn(1), 'one', 'policy.denied');
    await expectAfter(reader, run(lock('everything', null, inHours(1))), 'access.locked');
    await expectAfter(reader, goOn(1), 'one', 'access.locked');
  });

  it('when a token is revoked, and when it ends', async () => {
    const reader = await makeReader();
    await expectAfter(
      reader,
      run(sql`update api_token set ends_at = ${inHours(1)} where identity_id = ${reader.id}`),
      'one',
    );
    await expectAfter(reader, goOn(1), 'no token');
    const other = await makeReader();
    await expectAfter(
      other,
      run(sql`update api_token set revoked_at = ${house.clock.now()} where identity_id = ${other.id}`),
      'no token',
    );
  });

  it('when terms let nobody fetch it any more', async () => {
    const reader = await makeReader();
    await expectAfter(
      reader,
      run(sql`
        insert into checkout_terms (path, shared, second_person, reason_required, ticket_required, longest_seconds,
                                    extensions, showing, rotate_after, changed_by, changed_at)
        values ('team/app', false, false, true, false, 3600, 0, 'inject_only', true, ${officer}, ${house.clock.now()})`),
      'secret.not_fetched',
    );
    await expectAfter(reader, run(sql`delete from checkout_terms`), 'one', 'secret.not_fetched');
  });

  it('when the policies change', async () => {
    const reader = await makeReader();
    const [version, now] = [newId(), house.clock.now()];
    await expectAfter(
      reader,
      run(sql`
        insert into policy_version (id, origin, number, text, note, state, created_at, created_by, published_at, published_by)
        values (${version}, 'custom', 1, '@id("nobody.fetches") forbid (principal, action == Reeve::Action::"secret_folder.fetch", resource);',
                'test', 'active', ${now}, 'test', ${now}, 'test')`),
      'policy.denied',
    );
    await expectAfter(
      reader,
      run(sql`update policy_version set state = 'retired', retired_at = ${now} where id = ${version}`),
      'one',
      'policy.denied',
    );
  });

  it('when the version is deleted, brought back, or another is written, and when the folder goes', async () => {
    const reader = await makeReader();
    const at = sql`where secret_id = ${secret} and version = 1`;
    await expectAfter(reader, run(sql`update secret_version set deleted_at = ${inHours(1)} ${at}`), 'one');
    await expectAfter(reader, goOn(1), 'deleted');
    await expectAfter(reader, run(sql`update secret_version set deleted_at = null ${at}`), 'one', 'deleted');
    const writer = await makeReader({
      entitlementId: (folder as unknown as { writeEntitlementId: string }).writeEntitlementId,
    });
    const asker = { principal: { kind: 'identity', id: writer.id }, origin: { via: 'api' }, trace: 'test' } as const;
    await expectAfter(reader, () => openKv({ ...house, proveTokens }).write(asker, NAME, { v: 'two' }), 'two');
    await expectAfter(
      reader,
      run(sql`update secret_folder set removed_at = ${house.clock.now()} where id = ${folder.id}`),
      'secret_folder.not_found',
      'two',
    );
  });
});

it('every table that what is remembered is read from bears a mark', async () => {
  const type = (name: string) => {
    const found = [...house.decide.inside.house().vocabulary.types.values()].find((t) => t.type === name);
    if (found === undefined) throw new Error(`there is no type ${name}`);
    return found;
  };
  const lasting = [...house.decide.inside.house().vocabulary.types.values()].filter((t) => t.lasts !== undefined);
  expect(lasting.map((t) => t.type).sort()).toEqual(['Identity', 'SecretFolder']);
  const asked = [officer, folder.id];
  const reads: Readonly<Record<string, (tx: Tx) => Promise<unknown>>> = {
    access: async (tx) => {
      for (const name of ['Identity', 'SecretFolder']) {
        await type(name).load(tx, asked);
        await type(name).lasts?.(tx, asked);
      }
      await house.decide.inside.sets.active(tx);
      await lockOnEverything(tx);
    },
    secrets: async (tx) => {
      const { sealedVersions } = await import('../../guard/vault/kv/store.ts');
      const { namesNotFetched } = await import('../../guard/vault/checkout/index.ts');
      await sealedVersions(tx, [{ name: NAME }]);
      await namesNotFetched(tx, [NAME]);
    },
  };
  for (const [topic, reading] of Object.entries(reads)) {
    const tables = await house.db.tx(async (tx) => {
      await reading(tx);
      return await tx.many<{ name: string; marked: boolean }>(sql`
        select distinct c.relname as name, exists (
                 select from pg_trigger t where t.tgrelid = c.oid
                    and t.tgfoid in ('mark_change'::regproc, 'mark_change_of_part'::regproc)
                    and starts_with(encode(t.tgargs, 'escape'), ${topic} || '\\000')) as marked
          from pg_locks l join pg_class c on c.oid = l.relation
         where l.pid = pg_backend_pid() and c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
           and c.relname not like 'change\_mark%' order by 1`);
    });
    expect(tables.length).toBeGreaterThan(1);
    expect(tables.filter(({ marked }) => !marked)).toEqual([]);
  }
});
