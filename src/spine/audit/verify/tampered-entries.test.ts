import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { LogHouse } from '../testing/log-house.ts';
import { both, rehash, soundLog, type SoundLog } from '../testing/sound-log.ts';

let log: SoundLog;
let house: LogHouse;
let ids: readonly string[];
beforeAll(async () => {
  log = await soundLog();
  ({ house, ids } = log);
});
afterEach(() => house.restore());
afterAll(() => house.drop());

test('a log nobody touched is sound, as it lies and as a copy', async () => {
  const whole = { ok: true, size: 20, checkpoints: 4, findings: [] };
  expect(await house.verify({ witnesses: [log.witness] })).toMatchObject({ ...whole, pending: 0 });
  expect(await house.verifyCopy(await house.exported(), { witnesses: [log.witness] })).toMatchObject(whole);
});

describe('an altered entry is named', () => {
  const changes = {
    'its data': sql`data = data || '{"door":"another door"}'`,
    'its time': sql`at = at - interval '1 hour'`,
    'its time by a microsecond': sql`at = at + interval '1 microsecond'`,
    'its actor': sql`actor_id = 'somebody else'`,
    'its decision': sql`policies = '["another.rule"]'`,
    'its decision taken away': sql`decision_id = null`,
    'its subject': sql`subject_id = '00000000-0000-7000-8000-000000000000'`,
    'its trace': sql`trace = trace || ' '`,
    'an address added': sql`address = '192.0.2.1'`,
    'a sealed field added': sql`sealed = '{"name":"AAAA"}'`,
    'a sealed field that is no text': sql`sealed = '{"name":[1]}'`,
  };
  test.each(Object.entries(changes))('%s', async (_, change) => {
    await house.tamper(async (tx) => {
      await tx.run(sql`update audit_event set ${change} where id in (${ids[7]}, ${ids[12]})`);
    });
    expect(await log.firstWrong()).toMatchObject(both({ kind: 'altered', seq: 7, id: ids[7] as string }));
  });

  test('also where the attacker recomputed every hash in the database', async () => {
    await house.tamper(async (tx) => {
      await tx.run(sql`update audit_event set data = data || '{"door":"another door"}' where id = ${ids[8]}`);
      await rehash(tx, ids[8] as string);
    });
    expect(await log.firstWrong()).toMatchObject(both({ kind: 'altered', seq: 8, id: ids[8] as string }));
  });

  test('also where only the stored hash was changed', async () => {
    await house.tamper(async (tx) => {
      await tx.run(sql`update audit_leaf set hash = sha256('x') where seq = 3`);
    });
    expect((await house.verify()).first).toMatchObject({ kind: 'altered', seq: 3, id: ids[3] as string });
    // A copy carries no stored hashes, and the entry itself is sound.
    expect((await house.verifyCopy(await house.exported())).ok).toBe(true);
  });
});

describe('a removed entry is named', () => {
  test('the event alone', async () => {
    await house.tamper(async (tx) => void (await tx.run(sql`delete from audit_event where id = ${ids[4]}`)));
    expect(await log.firstWrong()).toMatchObject(both({ kind: 'removed', seq: 4, id: ids[4] as string }));
  });

  test('the event and its number', async () => {
    await house.tamper(async (tx) => {
      await tx.run(sql`delete from audit_event where id = ${ids[4]}`);
      await tx.run(sql`delete from audit_leaf where seq = 4`);
    });
    expect(await log.firstWrong()).toMatchObject(both({ kind: 'removed', seq: 4 }));
  });

  test('and all that follow moved up to close the gap', async () => {
    await house.tamper(async (tx) => {
      await tx.run(sql`delete from audit_event where id = ${ids[7]}`);
      await tx.run(sql`delete from audit_leaf where seq = 7`);
      for (let seq = 8; seq < 20; seq += 1) await tx.run(sql`update audit_leaf set seq = seq - 1 where seq = ${seq}`);
    });
    expect(await log.firstWrong()).toMatchObject(both({ kind: 'removed', seq: 7 }));
  });

  test('the last entry of the log', async () => {
    await house.tamper(async (tx) => {
      await tx.run(sql`delete from audit_event where id = ${ids[19]}`);
      await tx.run(sql`delete from audit_leaf where seq = 19`);
    });
    expect(await log.firstWrong()).toMatchObject(both({ kind: 'removed', seq: 19 }));
  });

  test('a whole batch with its checkpoint', async () => {
    await house.tamper(async (tx) => {
      await tx.run(sql`delete from audit_event where id = any(${ids.slice(6, 10)}::uuid[])`);
      await tx.run(sql`delete from audit_leaf where seq between 6 and 9`);
      await tx.run(sql`delete from audit_checkpoint where size = 10`);
    });
    expect(await log.firstWrong()).toMatchObject(both({ kind: 'removed', seq: 6 }));
  });

  test('its number alone', async () => {
    await house.tamper(async (tx) => void (await tx.run(sql`delete from audit_leaf where seq = 15`)));
    expect(await log.firstWrong()).toMatchObject(both({ kind: 'removed', seq: 15 }));
    const { findings } = await house.verify();
    expect(findings.some((f) => f.kind === 'inserted' && f.id === ids[15])).toBe(true);
  });
});

describe('an inserted entry is named', () => {
  const copyOf = (source: string, id: string, xid: 'old' | 'new') => sql`
    insert into audit_event (id, xid, at, type, actor_kind, actor_id, via, trace, policies, data, sealed, leaf, stamp)
    select ${id}, ${xid === 'old' ? sql`xid` : sql`pg_current_xact_id()`}, at, type, actor_kind, actor_id, via, trace,
      policies, data, sealed, leaf, stamp from audit_event where id = ${source}`;

  test('a row that looks as if it had been there all along', async () => {
    const id = newId();
    await house.tamper(async (tx) => {
      await tx.run(copyOf(ids[3] as string, id, 'old'));
      await rehash(tx, id);
    });
    await house.happen(1);
    await house.sequence();
    expect((await house.verify()).first).toMatchObject({ kind: 'inserted', id });
  });

  test('a row put in by SQL with all its hashes right is never numbered, and is told of', async () => {
    const id = newId();
    await house.db.tx(async (tx) => {
      await tx.run(copyOf(ids[3] as string, id, 'new'));
    });
    await house.tamper((tx) => rehash(tx, id));
    expect(await house.sequence()).toBe(1);
    const told = await house.db.one<{ data: unknown }>(
      sql`select data from audit_event where type = 'audit.row_refused'`,
    );
    expect(told.data).toEqual({ eventId: id });
    expect((await house.verify()).first).toMatchObject({ kind: 'inserted', id });
    expect((await house.verifyCopy(await house.exported())).ok).toBe(true);
    await house.happen(2);
    expect(await house.sequence()).toBe(2);
    expect(await house.db.many(sql`select 1 from audit_event where type = 'audit.row_refused'`)).toHaveLength(1);
  });

  test('an event changed before it was numbered is never numbered', async () => {
    const [id] = (await house.happen(1)) as [string];
    await house.tamper(async (tx) => {
      await tx.run(sql`update audit_event set actor_id = 'somebody else' where id = ${id}`);
      await rehash(tx, id);
    });
    await house.sequence();
    expect((await house.verify()).first).toMatchObject({ kind: 'inserted', id });
  });

  test('a number squeezed in between', async () => {
    const id = newId();
    await house.tamper(async (tx) => {
      await tx.run(copyOf(ids[3] as string, id, 'old'));
      for (let seq = 19; seq >= 8; seq -= 1) await tx.run(sql`update audit_leaf set seq = seq + 1 where seq = ${seq}`);
      await tx.run(sql`insert into audit_leaf (seq, event_id, hash) values (8, ${id}, ''::bytea || sha256('x'))`);
      await rehash(tx, id);
    });
    expect(await log.firstWrong()).toMatchObject(both({ kind: 'inserted', seq: 8, id }));
  });

  test('a number added at the end', async () => {
    const id = newId();
    await house.tamper(async (tx) => {
      await tx.run(copyOf(ids[3] as string, id, 'old'));
      await tx.run(sql`insert into audit_leaf (seq, event_id, hash) values (20, ${id}, sha256('x'))`);
      await rehash(tx, id);
    });
    expect((await house.verify()).first).toMatchObject({ kind: 'uncovered', seq: 20, id });
  });

  test('an entry numbered twice', async () => {
    const once = sql`audit_leaf_numbers_an_event_once`;
    await house.tamper(async (tx) => {
      await tx.run(sql`alter table audit_leaf drop constraint ${once}`);
      await tx.run(sql`
        update audit_leaf set event_id = ${ids[11]}, hash = (select hash from audit_leaf where seq = 11) where seq = 12`);
    });
    expect(await log.firstWrong()).toMatchObject(both({ kind: 'altered', seq: 12, id: ids[11] }));
    await house.restore();
    await house.db.run(sql`alter table audit_leaf add constraint ${once} unique (event_id)`);
  });
});
