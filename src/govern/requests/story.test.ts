import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { smallCompany, type SmallCompany } from './testing/small-company.ts';

let c: SmallCompany;
beforeAll(async () => {
  c = await smallCompany();
});
afterAll(() => c.house.close());

interface Shown {
  id: string;
  number: string;
  state: string;
  lines: { state: string; effect: string; grant: { id: string; validTo: Date | null } | null }[];
  steps: { n: number; state: string; kind: string; approvers: { name: string }[] }[];
  timeline: { kind: string; text: string }[];
}

test('sudo on web1 for two hours is previewed, asked for, approved by manager and owner, and ends by itself', async () => {
  const { house, who } = c;
  const cart = { what: 'web1:sudo:ALL', for: '2h' };
  expect(await house.perform('requests.preview', cart, who.lena)).toMatchObject({
    submittable: true,
    lines: [
      { verdict: 'allowed', what: { name: 'sudo:ALL', systemName: 'web1', privileged: true }, longestSeconds: 28_800 },
    ],
    steps: [
      { n: 1, kind: 'manager', approvers: [{ name: 'Tomas Example' }] },
      { n: 2, kind: 'owner', approvers: [{ name: 'Priya Example' }] },
    ],
  });
  const { request } = await house.perform<{ request: Shown }>(
    'requests.submit',
    { ...cart, reason: 'disk is full', ticket: 'INC-1' },
    who.lena,
  );
  expect(request).toMatchObject({ state: 'pending', steps: [{ state: 'open' }, { state: 'waiting' }] });

  expect(await house.perform('approvals.list', {}, who.priya)).toMatchObject({ total: 0 });
  expect(await house.perform('approvals.list', {}, who.tomas)).toMatchObject({
    total: 1,
    items: [{ request: { id: request.id, risk: 'high' }, step: { n: 1, of: 2 } }],
  });
  await house.perform('requests.approve', { id: request.number, comment: 'go on' }, who.tomas);
  const approved = await house.perform<Shown>('requests.approve', { id: request.id }, who.priya);
  expect(approved).toMatchObject({ state: 'approved', lines: [{ state: 'granted', effect: 'pending' }] });
  const grant = approved.lines[0]?.grant;
  expect(grant?.validTo).toEqual(new Date(house.clock.now().getTime() + 2 * 3_600_000).toISOString());

  const row = await house.db.one<{ origin: string; originId: string; started: boolean }>(
    sql`select origin, origin_id, started from access_grant where id = ${grant?.id ?? null}`,
  );
  expect(row).toEqual({ origin: 'request', originId: request.id, started: true });

  const clear = await house.db.many<{ data: unknown }>(sql`select data from audit_event`);
  expect(JSON.stringify(clear)).not.toContain('disk is full');

  await house.perform('grants.giveBack', { id: grant?.id }, who.lena);
  await house.settle();
  const shown = await house.perform<Shown>('requests.show', { id: request.id }, who.lena);
  expect(shown.timeline.map((n) => n.kind)).toEqual([
    'submitted',
    'step_opened',
    'step_approved',
    'step_opened',
    'step_approved',
    'granted',
    'ended',
  ]);
  expect(shown.lines[0]?.effect).toBe('withdrawing');
});
