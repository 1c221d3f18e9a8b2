import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enrolActor, invite, until, type Actor } from '#lab/demo/cast.ts';
import { startReeve, type Reeve } from '#lab/reeve/start-reeve.ts';
import { generateCompany, PERSON_COLUMNS, type Person } from '#test/fixtures/company/index.ts';
import { openBrowser, windowOf } from '../harness/browser.ts';

const lena = generateCompany({ today: '2026-03-02' }).person('lena');
const person = (username: string, status: Person['status'] = 'active'): Person => ({
  ...lena,
  employee_id: `K-${username}`,
  first_name: username,
  last_name: 'Example',
  preferred_name: '',
  username,
  email: `${username}@larkspur.example`,
  manager_employee_id: '',
  status,
  end_date: '',
});
const csvOf = (rows: readonly Person[]): string =>
  `${[PERSON_COLUMNS.join(','), ...rows.map((p) => PERSON_COLUMNS.map((c) => p[c]).join(','))].join('\n')}\n`;
const NAMES = ['ada', 'ben', 'cleo', 'dora', 'emil', 'olaf'] as const;

interface Request {
  id: string;
  number: string;
  state: string;
  steps: { state: string; decidedBy: { name: string } | null; decidedFor: { name: string } | null }[];
}

let reeve: Reeve;
let browser: Browser;
let admin: Actor;
const who = new Map<string, Actor>();
const as = (name: (typeof NAMES)[number]): Actor => {
  const actor = who.get(name);
  if (actor === undefined) throw new Error(`nobody of the name ${name}`);
  return actor;
};
const feed = async (onLeave: readonly string[]): Promise<void> => {
  const content = csvOf(NAMES.map((name) => person(name, onLeave.includes(name) ? 'leave' : 'active')));
  const run = await admin.post<{ id: string }>('/v1/sources/hr/feeds', { content });
  await until(
    () => admin.get<{ state: string }>(`/v1/runs/${run.id}`),
    ({ state }) => state === 'applied',
    'the feed',
  );
};

beforeAll(async () => {
  [reeve, browser] = await Promise.all([startReeve(), openBrowser()]);
  admin = await enrolActor(reeve.url, reeve.firstToken(), 'first-admin', 'First Administrator');
  await admin.put('/v1/sources/hr', { timeZone: 'Europe/Amsterdam' });
  await feed([]);
  for (const name of NAMES) {
    const { id } = await admin.get<{ id: string }>(`/v1/identities/${name}`);
    who.set(name, await invite(reeve.url, admin, id, name));
  }
  const roles = await admin.get<{ items: { id: string; nativeId: string }[] }>(
    '/v1/entitlements?system=reeve&limit=50',
  );
  const role = (nativeId: string): string => roles.items.find((r) => r.nativeId === nativeId)?.id ?? '';
  await admin.post('/v1/grants', { identity: 'olaf', entitlementId: role('security_officer'), because: 'appointed' });
  await admin.post(`/v1/entitlements/${role('auditor')}/describe`, {
    description: 'Reads everything and changes nothing',
    ownerId: as('olaf').identityId,
    risk: 'low',
    requestable: true,
  });
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await reeve?.stop();
});

const askFor = async (): Promise<Request> =>
  (
    await as('emil').post<{ request: Request }>('/v1/requests', {
      what: 'reeve:auditor',
      for: '2h',
      reason: 'year end',
    })
  ).request;

test('two of three approve, of whom one is on leave and speaks through a deputy; the policy was tried before', async () => {
  const tried = await askFor();
  await as('emil').post(`/v1/requests/${tried.id}/withdraw`);

  // The officer writes the policy, sees what it would have changed, and puts it in force.
  const office = await windowOf(browser, reeve.url, as('olaf'));
  await office.goto('/approval-policy');
  const editor = office.getByLabel(/^Approval policy, from version 1/);
  await editor.fill(
    'rules: [{when: {}, steps: [{named: [ada, ben, cleo], approvals: 2}]}]\ndueHours: 24\nescalateHours: 24\nexpireDays: 14\n',
  );
  await office.getByRole('button', { name: 'Try' }).click();
  await office.getByText('1 of the last 1 requests would come out otherwise than under version 1.').waitFor();
  await office.getByRole('link', { name: tried.number }).waitFor();
  await office.getByLabel('What changes, and why').fill('two of three');
  await office.getByRole('button', { name: 'Put in force' }).click();
  await office.getByLabel(/^Approval policy, from version 2/).waitFor();

  // Ada names Dora, and goes on leave.
  const adas = await windowOf(browser, reeve.url, as('ada'));
  await adas.goto('/settings');
  await adas.getByRole('tab', { name: 'Deputies' }).click();
  await adas.getByLabel('Who decides in your name').fill('dora');
  await adas.getByLabel('Until the end of').fill(new Date(Date.now() + 86_400_000).toISOString().slice(0, 10));
  await adas.getByLabel('Why').fill('on leave');
  await adas.getByRole('button', { name: 'Appoint deputy' }).click();
  await adas.getByRole('row', { name: /dora Example/ }).waitFor();
  await feed(['ada']);

  const request = await askFor();
  expect(request.steps.map((s) => s.state)).toEqual(['open', 'open']);
  // Dora finds it in her inbox, sees in whose name, and approves.
  const doras = await windowOf(browser, reeve.url, as('dora'));
  await doras.goto(`/inbox?open=${request.id}`);
  await doras.getByText('in the name of ada Example').first().waitFor();
  await doras
    .getByRole('button', { name: /^Approve/ })
    .first()
    .click();
  await until(
    () => as('emil').get<Request>(`/v1/requests/${request.id}`),
    ({ steps }) => steps.some((s) => s.state === 'approved'),
    'the first approval',
  );
  // Neither she again nor who asked makes the second.
  for (const name of ['dora', 'emil'] as const)
    await expect(as(name).post(`/v1/requests/${request.id}/approve`, {})).rejects.toThrow(/policy.denied|403/);
  await as('cleo').post(`/v1/requests/${request.id}/approve`, {});
  const done = await as('emil').get<Request & { timeline: { text: string }[] }>(`/v1/requests/${request.id}`);
  expect(done.state).toBe('approved');
  expect(done.steps.map((s) => [s.decidedBy?.name, s.decidedFor?.name])).toEqual(
    expect.arrayContaining([
      ['dora Example', 'ada Example'],
      ['cleo Example', undefined],
    ]),
  );
  expect(done.timeline.map((t) => t.text)).toContain('approved as named approver, in the name of ada Example');
});
