import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { appendEvent, appendEvents } from './append-event.ts';
import { canonicalJson } from './canonical-json.ts';
import { defineEvent, personal, pub } from '../event-type.ts';
import { entryColumns, toDocument, type EntryRow } from '../read/read-entry.ts';
import { documentText } from './entry.ts';
import { readEvent, readEvents } from '../read/read-events.ts';
import { doorOpened, happening, logHouse, type LogHouse } from '../testing/log-house.ts';
import { leafHash } from '../tree/hash.ts';

let house: LogHouse;
beforeAll(async () => {
  house = await logHouse();
});
afterAll(() => house.drop());

const append = (over: Parameters<typeof happening>[1] = {}): Promise<string> =>
  house.db.tx((tx) => appendEvent(tx, house.keys, happening(1, over)));

describe('recording', () => {
  test('an event is there if and only if its change is', async () => {
    const id = newId();
    await expect(
      house.db.tx(async (tx) => {
        await appendEvent(tx, house.keys, happening(1, { trace: id }));
        throw new Error('the change failed');
      }),
    ).rejects.toThrow('the change failed');
    const { n } = await house.db.one<{ n: number }>(sql`select count(*) as n from audit_event where trace = ${id}`);
    expect(n).toBe(0);
  });

  test('the leaf can be found again from what the database kept, whatever was recorded', async () => {
    const anything = defineEvent('thing.happened', { value: pub(z.unknown()), note: personal(z.unknown()) });
    const subject = newId();
    const text = fc.string({ unit: 'grapheme' }).filter((s) => !s.includes('\0'));
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        text,
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(
          text.filter((k) => k !== '__proto__'),
          tie('value'),
          { maxKeys: 4, noNullPrototype: true },
        ),
      ),
    })).value;
    await fc.assert(
      fc.asyncProperty(json, text, fc.option(text, { nil: undefined }), async (value, trace, address) => {
        const id = await house.db.tx((tx) =>
          appendEvent(tx, house.keys, {
            ...happening(1),
            event: anything,
            subject,
            data: { value, note: value },
            trace,
            origin: { via: 'api', address, signinId: trace },
          }),
        );
        const row = await house.db.one<EntryRow & { leaf: Buffer }>(
          sql`select e.leaf, ${entryColumns} from audit_event e where e.id = ${id}`,
        );
        expect(leafHash(documentText(toDocument(row))).equals(row.leaf)).toBe(true);
        const read = await house.db.tx((tx) => readEvent(tx, house.keys, id, 'everybody'));
        expect(canonicalJson(read.opened?.['note'])).toBe(canonicalJson(value));
      }),
      { numRuns: 150 },
    );
  });

  test('what jsonb cannot hold unchanged is refused with a sentence, and nothing is recorded', async () => {
    for (const door of ['a\0b', 'half \ud800 pair']) {
      await expect(append({ data: { door, times: 1 } })).rejects.toMatchObject({
        code: 'audit.unwritable',
        status: 422,
      });
      await expect(append({ trace: door })).rejects.toMatchObject({ code: 'audit.unwritable' });
    }
  });

  test('a field no event type declares is refused, since unclassified means secret', async () => {
    const data = { door: 'x', times: 1, password: 'hunter2' };
    await expect(append({ data })).rejects.toMatchObject({ code: 'audit.unclassified_field' });
    await expect(append({ data: { door: 'x', times: 'many' as unknown as number } })).rejects.toMatchObject({
      code: 'audit.invalid_event',
    });
    const told = await append({ data }).catch((error: unknown) => String((error as Error).message));
    expect(told).not.toContain('hunter2');
  });

  test('a batch is one insert in the order given, and an empty one is none', async () => {
    const ids = await house.db.tx((tx) =>
      appendEvents(
        tx,
        house.keys,
        Array.from({ length: 250 }, (_, i) => happening(i) as never),
      ),
    );
    expect(new Set(ids).size).toBe(250);
    expect([...ids].sort()).toEqual(ids);
    expect(await house.db.tx((tx) => appendEvents(tx, house.keys, []))).toEqual([]);
  });

  test('the database refuses to update, delete or truncate the log', async () => {
    await append();
    for (const table of ['audit_event', 'audit_leaf', 'audit_node', 'audit_checkpoint', 'audit_refused']) {
      const id = sql.id(table);
      for (const statement of [sql`delete from ${id}`, sql`truncate ${id}`]) {
        await expect(house.db.run(statement)).rejects.toThrow('the audit log is append-only');
      }
    }
    await expect(house.db.run(sql`update audit_event set type = 'other'`)).rejects.toThrow('append-only');
    await expect(house.db.run(sql`update audit_checkpoint set size = 1`)).rejects.toThrow('append-only');
  });
});

describe('personal fields', () => {
  test('are nowhere in the row in clear, and open for who may open them', async () => {
    const subject = newId();
    const actor = newId();
    const id = await append({
      subject,
      data: { door: 'front', times: 1, name: 'Ines Example' },
      principal: { kind: 'identity', id: actor },
      origin: { via: 'console', address: '192.0.2.77' },
    });
    const { text } = await house.db.one<{ text: string }>(
      sql`select e::text as text from audit_event e where id = ${id}`,
    );
    expect(text).not.toContain('Ines');
    expect(text).not.toContain('192.0.2.77');
    const read = (opening: Parameters<typeof readEvent>[3]) =>
      house.db.tx((tx) => readEvent(tx, house.keys, id, opening));
    expect(await read('nobody')).toMatchObject({ sealed: ['name', '@address'], opened: undefined, address: null });
    expect((await read('everybody')).opened).toEqual({ name: 'Ines Example', '@address': '192.0.2.77' });
    expect((await read({ only: subject })).opened).toEqual({ name: 'Ines Example' });
    expect((await read({ only: actor })).opened).toEqual({ '@address': '192.0.2.77' });
    expect((await read({ only: newId() })).opened).toEqual({});
  });

  test('need a subject to be sealed under', async () => {
    await expect(append({ data: { door: 'x', times: 1, name: 'Ines' } })).rejects.toMatchObject({
      code: 'audit.subject_missing',
    });
  });

  test('two transactions that meet a new subject at the same time use one key', async () => {
    const subject = newId();
    const ids = await Promise.all(
      Array.from({ length: 5 }, (_, i) => append({ subject, data: { door: 'x', times: i, name: `name ${i}` } })),
    );
    const opened = await house.db.tx(async (tx) =>
      Promise.all(ids.map((id) => readEvent(tx, house.keys, id, 'everybody'))),
    );
    expect(opened.map((event) => event.opened?.['name'])).toEqual(ids.map((_, i) => `name ${i}`));
  });

  test('a key made in a transaction that rolled back is used by nobody', async () => {
    const subject = newId();
    const data = { door: 'x', times: 1, name: 'Ines' };
    await expect(
      house.db.tx(async (tx) => {
        await appendEvent(tx, house.keys, happening(1, { subject, data }));
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    const id = await append({ subject, data });
    expect((await house.db.tx((tx) => readEvent(tx, house.keys, id, 'everybody'))).opened).toEqual({ name: 'Ines' });
  });

  test('a ciphertext copied to another event, field or subject does not open there', async () => {
    const subject = newId();
    const one = await append({ subject, data: { door: 'x', times: 1, name: 'Ines' } });
    const two = await append({ subject, data: { door: 'x', times: 1, name: 'Jon' } });
    await house.tamper(async (tx) => {
      await tx.run(
        sql`update audit_event set sealed = (select sealed from audit_event where id = ${one}) where id = ${two}`,
      );
    });
    await expect(house.db.tx((tx) => readEvent(tx, house.keys, two, 'everybody'))).rejects.toMatchObject({
      code: 'integrity.audit_log',
    });
  });
});

describe('reading', () => {
  test('filters by type, actor, subject and time, newest first, page by page without gap or repeat', async () => {
    const subject = newId();
    house.clock.advance(86_400_000);
    const since = house.clock.now();
    const ids: string[] = [];
    for (let i = 0; i < 7; i += 1) {
      house.clock.advance(1000);
      ids.push(await append({ subject, principal: { kind: 'component', id: i % 2 === 0 ? 'even' : 'odd' } }));
    }
    const until = new Date(since.getTime() + 5000);
    const list = (filters: Parameters<typeof readEvents>[2]['filters'], cursor?: string) =>
      house.db.tx((tx) => readEvents(tx, house.keys, { filters, cursor, limit: 3, open: 'nobody' }));
    const seen: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await list({ subject }, cursor);
      seen.push(...page.events.map((event) => event.id));
      if (page.next === null) break;
      cursor = page.next;
    }
    expect(seen).toEqual([...ids].reverse());
    expect((await list({ subject, actor: 'odd' })).events).toHaveLength(3);
    expect((await list({ since, until })).events.map((event) => event.id)).toEqual([ids[3], ids[2], ids[1]]);
    expect((await list({ subject, type: 'door.closed' })).events).toEqual([]);
    expect((await list({ type: doorOpened.type, until: since, subject })).events).toEqual([]);
  });
});
