import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLog } from '#kit/log/index.ts';
import { newId } from '#kit/ids/index.ts';
import { ADMIN_ROLES, createIdentity, graphModule, startGrant, type AdminRole } from '#spine/graph/index.ts';
import type { Module } from '#spine/operations/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { auditModule, checkProof, sequenceAll, verifyDatabase, verifyExport, type EventProof } from './index.ts';

const testPolicies: Module = {
  name: 'test',
  actions: [{ action: 'world.make' }],
  policies: `@id("test.make") permit (principal == Reeve::Component::"test", action == Reeve::Action::"world.make", resource);`,
};

let house: House;
const people: Record<string, string> = {};
beforeAll(async () => {
  house = await testHouse(({ db, keys }) => [graphModule, auditModule({ db, keys }), testPolicies]);
  await house.as('test').act({ action: 'world.make' }, async (ctx, permit) => {
    for (const name of ['ada', 'bea', 'administrator', 'auditor', 'security_officer', 'helpdesk']) {
      const { id } = await createIdentity(ctx, permit, {
        kind: 'person',
        facts: { displayName: `${name} Example`, email: `${name}@example.test` },
      });
      people[name] = id;
      const entitlementId: string | undefined = ADMIN_ROLES[name as AdminRole];
      if (entitlementId === undefined) continue;
      await startGrant(ctx, permit, { identityId: id, entitlementId, origin: 'admin', reason: 'test' });
    }
  });
  await sequence();
});
afterAll(() => house.close());

const sequence = (): Promise<number> => sequenceAll({ db: house.db, keys: house.keys, log: silentLog });
interface Listed {
  items: { id: string; seq: number; type: string; subject: string; sealed: string[]; data: Record<string, unknown> }[];
  nextCursor: string | null;
}
const list = (as: string, input: object = {}): Promise<Listed> =>
  house.perform<Listed>('audit.list', input, people[as]);
const madeOf = async (name: string): Promise<string> => {
  const { items } = await list('auditor', { subject: people[name], type: 'identity.created' });
  return items[0]?.id ?? 'none';
};

describe('who may read', () => {
  test.each(['administrator', 'auditor', 'security_officer'])('%s reads the whole log', async (role) => {
    const { items } = await list(role);
    expect(new Set(items.map((e) => e.subject)).size).toBeGreaterThan(3);
  });

  test.each(['ada', 'helpdesk'])('%s does not, and is told so; the refusal is in the log', async (name) => {
    await expect(list(name)).rejects.toMatchObject({ status: 404 });
    await expect(list(name, { subject: people['bea'] })).rejects.toMatchObject({ status: 404 });
    const { items } = await list('auditor', { type: 'operation.refused', actor: people[name] });
    expect(items).toHaveLength(2);
  });

  test('everybody reads about themself, event by event, and nobody else', async () => {
    const { items } = await list('ada', { subject: people['ada'] });
    expect(items.length).toBeGreaterThan(0);
    expect(items.every((event) => event.subject === people['ada'])).toBe(true);
    expect(await house.perform('audit.show', { id: items[0]?.id }, people['ada'])).toMatchObject({ id: items[0]?.id });
    const hers = { id: await madeOf('bea') };
    for (const operation of ['audit.show', 'audit.open', 'audit.proof']) {
      await expect(house.perform(operation, hers, people['ada'])).rejects.toMatchObject({ status: 404 });
      await expect(house.perform(operation, { id: newId() }, people['ada'])).rejects.toMatchObject({ status: 404 });
    }
    await expect(house.perform('audit.export', {}, people['ada'])).rejects.toMatchObject({ status: 404 });
  });

  test('personal fields stay closed until opened, and opening is recorded', async () => {
    const id = await madeOf('bea');
    const closed = await house.perform('audit.show', { id }, people['auditor']);
    expect(JSON.stringify(closed)).not.toContain('bea Example');
    const opened = await house.perform<{ opened: unknown }>('audit.open', { id }, people['auditor']);
    expect(JSON.stringify(opened.opened)).toContain('bea Example');
    const { items } = await list('auditor', { type: 'audit.opened' });
    expect(items[0]?.data).toMatchObject({ eventId: id });
    const own = await house.perform<{ opened: unknown }>('audit.open', { id }, people['bea']);
    expect(JSON.stringify(own.opened)).toContain('bea Example');
  });

  test('somebody who reads about themself does not learn from where another acted', async () => {
    await house.perform('audit.open', { id: await madeOf('ada') }, people['auditor']);
    await house.perform(
      'audit.hold',
      { subjectId: people['ada'], held: false, case: 'case 1' },
      people['administrator'],
    );
    const { items } = await list('ada', { subject: people['ada'], type: 'audit.legal_hold_set' });
    expect(items[0]?.sealed).toEqual(['@address']);
    const id = items[0]?.id;
    expect((await house.perform<{ opened: unknown }>('audit.open', { id }, people['ada'])).opened).toEqual({});
    expect((await house.perform<{ opened: unknown }>('audit.open', { id }, people['auditor'])).opened).toEqual({
      '@address': '127.0.0.1',
    });
  });
});

describe('proof and export', () => {
  test('an event is proved to somebody who has the public key only', async () => {
    await sequence();
    const { publicKey } = await house.perform<{ publicKey: string }>('audit.publicKey', {}, people['ada']);
    const proof = await house.perform<EventProof>('audit.proof', { id: await madeOf('ada') }, people['ada']);
    const received = JSON.parse(JSON.stringify(proof)) as EventProof;
    expect(checkProof(received, publicKey)).toBeUndefined();
    expect(
      checkProof({ ...received, entry: { ...received.entry, at: '2020-01-01T00:00:00.000Z' } }, publicKey),
    ).toContain('not the one proved');
    expect(checkProof({ ...received, seq: received.seq + 1 }, publicKey)).toContain('not in the signed tree');
  });

  test('an event committed a moment ago has no number yet', async () => {
    await house.perform('audit.open', { id: await madeOf('bea') }, people['auditor']);
    const { items } = await list('auditor', { type: 'audit.opened' });
    await expect(house.perform('audit.proof', { id: items[0]?.id }, people['auditor'])).rejects.toMatchObject({
      code: 'audit.not_numbered',
    });
  });

  test('a copy taken page by page verifies offline, and each page taken is in the log', async () => {
    await sequence();
    const { publicKey, checkpoint } = await house.perform<{ publicKey: string; checkpoint: string }>(
      'audit.publicKey',
      {},
      people['auditor'],
    );
    const lines: string[] = [];
    for (let from = 0, begins = true; ; begins = false) {
      const page = await house.perform<{ lines: string[]; next: number | null }>(
        'audit.export',
        { from, begins },
        people['auditor'],
      );
      lines.push(...page.lines.map((line) => `${line}\n`));
      if (page.next === null) break;
      from = page.next;
    }
    const result = await verifyExport(Readable.from(lines), publicKey, { witnesses: [checkpoint] });
    expect(result).toMatchObject({ ok: true, findings: [] });
    expect((await list('auditor', { type: 'audit.exported' })).items.length).toBeGreaterThan(0);
  });
});

describe('erasing a person', () => {
  test('makes their personal fields unreadable for ever, keeps the evidence, and the log still verifies', async () => {
    const subjectId = people['bea'];
    const id = await madeOf('bea');
    await expect(house.perform('audit.erase', { subjectId, case: 'case 7' }, people['auditor'])).rejects.toMatchObject({
      status: 403,
    });
    const held = { subjectId, held: true, case: 'case 8' };
    await house.perform('audit.hold', held, people['administrator']);
    await expect(
      house.perform('audit.erase', { subjectId, case: 'case 7' }, people['administrator']),
    ).rejects.toMatchObject({
      code: 'audit.legal_hold',
    });
    await house.perform('audit.hold', { ...held, held: false }, people['administrator']);
    await house.perform('audit.erase', { subjectId, case: 'case 7' }, people['administrator']);
    const opened = await house.perform<{ opened: object; sealed: string[] }>('audit.open', { id }, people['auditor']);
    expect(opened.sealed.length).toBeGreaterThan(0);
    expect(opened.opened).toEqual({});
    await sequence();
    expect(
      await verifyDatabase(
        house.db,
        (await house.perform<{ publicKey: string }>('audit.publicKey', {}, people['ada'])).publicKey,
      ),
    ).toMatchObject({ ok: true });
    await expect(
      house.perform('audit.erase', { subjectId, case: 'case 7' }, people['administrator']),
    ).rejects.toMatchObject({
      code: 'audit.already_erased',
    });
    const { items } = await list('auditor', { type: 'audit.subject_erased' });
    expect(items[0]?.data).toEqual({ subjectId, case: 'case 7' });
  });

  test('what is recorded about them later is unreadable from the start', async () => {
    const subjectId = people['bea'];
    await expect(list('bea')).rejects.toMatchObject({ status: 404 });
    const { items } = await list('auditor', { actor: subjectId, type: 'operation.refused' });
    expect(items[0]?.sealed).toEqual(['@address']);
    const opened = await house.perform<{ opened: object }>('audit.open', { id: items[0]?.id }, people['auditor']);
    expect(opened.opened).toEqual({});
  });

  test('nobody erases or holds their own', async () => {
    const subjectId = people['administrator'];
    for (const [operation, input] of [
      ['audit.erase', { subjectId, case: 'c' }],
      ['audit.hold', { subjectId, held: true, case: 'c' }],
    ] as const) {
      await expect(house.perform(operation, input, subjectId)).rejects.toMatchObject({ status: 403 });
    }
  });
});
