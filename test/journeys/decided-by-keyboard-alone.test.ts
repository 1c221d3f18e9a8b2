import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHosts, type LabHosts } from '#lab/index.ts';
import { enrolActor, invite, certifyKey, until, type Actor } from '#lab/demo/cast.ts';
import { phoneOf, type Phone } from '#lab/reeve/phone.ts';
import { startReeve, type Reeve } from '#lab/reeve/start-reeve.ts';
import { generateCompany, PERSON_COLUMNS, type Person } from '#test/fixtures/company/index.ts';
import { openBrowser, windowOf } from '../harness/browser.ts';
import { axeFindings, inFocus, press, rowInFocus, tabTo } from '../harness/keyboard.ts';

const ASKERS = ['emil', 'ada', 'ben', 'cleo'] as const;
const NAMES = ['tomas', 'priya', 'olaf', 'rosa', ...ASKERS] as const;
type Name = (typeof NAMES)[number];
const lena = generateCompany({ today: '2026-03-02' }).person('lena');
const person = (username: Name): Person => ({
  ...lena,
  employee_id: `K-${username}`,
  first_name: username,
  last_name: 'Example',
  preferred_name: '',
  username,
  email: `${username}@larkspur.example`,
  department: 'Web',
  manager_employee_id: (ASKERS as readonly string[]).includes(username) ? 'K-tomas' : '',
  status: 'active',
  end_date: '',
});

interface Request {
  id: string;
  number: string;
  state: string;
  steps: { state: string; stepUp: { method: string } | null; comment: string | null }[];
}
interface Use {
  id: string;
  endedBecause: string | null;
  review: { state: string };
}

let reeve: Reeve;
let hosts: LabHosts;
let browser: Browser;
let admin: Actor;
const who = new Map<Name, Actor>();
const what = new Map<string, string>();
const as = (name: Name): Actor => {
  const actor = who.get(name);
  if (actor === undefined) throw new Error(`nobody of the name ${name}`);
  return actor;
};
const idOf = (nativeId: string): string => {
  const id = what.get(nativeId);
  if (id === undefined) throw new Error(`web1 has no ${nativeId}: ${[...what.keys()].join(', ')}`);
  return id;
};
const phones = new Map<Name, Phone>();
const codeOf = (name: Name): Promise<string> => {
  const phone = phones.get(name) ?? phoneOf(as(name).totpSecret);
  phones.set(name, phone);
  return phone.freshCode();
};
const ask = async (name: Name, nativeId: string): Promise<Request> =>
  (
    await as(name).post<{ request: Request }>('/v1/requests', {
      lines: [{ entitlementId: idOf(nativeId), seconds: 3600 }],
      reason: `the release of ${name}`,
    })
  ).request;
const shown = (id: string): Promise<Request> => admin.get<Request>(`/v1/requests/${id}`);
const decided = (id: string, state: string): Promise<Request> =>
  until(
    () => shown(id),
    (r) => r.state === state,
    `${state}`,
  );

beforeAll(async () => {
  [reeve, hosts, browser] = await Promise.all([startReeve(), startHosts({ names: ['web1'] }), openBrowser()]);
  admin = await enrolActor(reeve.url, reeve.firstToken(), 'first-admin', 'First Administrator');
  await admin.put('/v1/sources/hr', { timeZone: 'Europe/Amsterdam' });
  const rows = NAMES.map((name) => PERSON_COLUMNS.map((column) => person(name)[column]).join(','));
  const content = `${[PERSON_COLUMNS.join(','), ...rows].join('\n')}\n`;
  const run = await admin.post<{ id: string }>('/v1/sources/hr/feeds', { content });
  await until(
    () => admin.get<{ state: string }>(`/v1/runs/${run.id}`),
    ({ state }) => state === 'applied',
    'the feed',
  );
  for (const name of NAMES) {
    const { id } = await admin.get<{ id: string }>(`/v1/identities/${name}`);
    who.set(name, await invite(reeve.url, admin, id, name));
  }
  const roles = await admin.get<{ items: { id: string; nativeId: string }[] }>(
    '/v1/entitlements?system=reeve&limit=50',
  );
  await admin.post('/v1/grants', {
    identity: 'olaf',
    entitlementId: roles.items.find((r) => r.nativeId === 'security_officer')?.id,
    because: 'appointed',
  });
  const web1 = hosts.get('web1');
  const system = await admin.post<{ id: string }>('/v1/systems', {
    name: 'web1',
    kind: 'linux',
    host: web1.host,
    port: web1.port,
    pinned: [web1.hostKeyFingerprint],
    username: web1.management.username,
    secret: { kind: 'ssh_key', value: web1.management.privateKey },
  });
  await admin.post(`/v1/systems/${system.id}/read`, {});
  const found = await until(
    () =>
      admin.get<{ items: { id: string; nativeId: string; privileged: boolean }[] }>(
        '/v1/entitlements?system=web1&limit=100',
      ),
    ({ items }) => items.some((e) => e.nativeId === 'sudo:ALL'),
    'what web1 has',
    60_000,
  );
  for (const { id, nativeId } of found.items) what.set(nativeId, id);
  const plain = found.items.find((e) => !e.privileged && e.nativeId.startsWith('group:'));
  if (plain === undefined) throw new Error(`no plain group: ${[...what.keys()].join(', ')}`);
  what.set('plain', plain.id);
  for (const [nativeId, risk] of [
    ['plain', 'low'],
    ['sudo:ALL', 'high'],
  ] as const)
    await admin.post(`/v1/entitlements/${idOf(nativeId)}/describe`, {
      description: 'for a test',
      ownerId: as('priya').identityId,
      risk,
      requestable: true,
    });
  const rules = {
    rules: [
      { when: { privileged: true }, steps: ['manager'], stepUp: true },
      { when: {}, steps: ['manager'] },
    ],
    dueHours: 24,
    escalateHours: 24,
    expireDays: 14,
  };
  const { trial } = await as('olaf').post<{ trial: string }>('/v1/approval-policy/try', { rules });
  await as('olaf').put('/v1/approval-policy', { rules, note: 'a fresh proof for privilege', trial });
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await Promise.allSettled([reeve?.stop(), hosts?.stop()]);
});

test('the inbox is worked from the first key to the last without the mouse', async () => {
  const light = [await ask('emil', 'plain'), await ask('ada', 'plain')];
  const weighty = await ask('ben', 'sudo:ALL');
  const rejected = await ask('cleo', 'sudo:ALL');
  const page = await windowOf(browser, reeve.url, as('tomas'));
  await page.goto('/');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await press(page, 'g', 'i');
  await rowInFocus(page, /emil/);

  // Two alike of low risk: chosen, approved together, confirmed.
  await press(page, 'x', 'j', 'x', 'e');
  await page.getByRole('dialog').getByText('Approve 2 requests?').waitFor();
  await inFocus(page, /^Approve/);
  await press(page, 'Enter');
  for (const { id } of light) await decided(id, 'approved');

  // A weighty one is not decided unread: it opens, and what there is to know stands beside it.
  if (/cleo/.test(await rowInFocus(page, /ben|cleo/))) await press(page, 'k');
  await rowInFocus(page, /ben/);
  await press(page, 'Enter');
  await page.getByText('Deciding asks for a fresh proof that it is you.').waitFor();
  await page.getByText('rule 1, because of privilege, one approval, each with a fresh proof').waitFor();
  await page.getByText('0 of 7 others in Web have it').waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await press(page, 'e');
  await inFocus(page, /^Code from your authenticator/);
  expect(await axeFindings(page)).toEqual([]);
  await page.keyboard.type(await codeOf('tomas'));
  await press(page, 'Enter');
  const { steps } = await decided(weighty.id, 'approved');
  expect(steps[0]?.stepUp).toMatchObject({ method: 'totp' });
  await page.context().close();

  // And one is rejected from the command line, where the code is typed and never an argument.
  const reject = await reeveAs(
    as('tomas'),
    ['deny', rejected.number, '--reason', 'not for a release'],
    await codeOf('tomas'),
  );
  expect(reject).toEqual({ code: 0, err: expect.stringContaining('Code from your authenticator') });
  expect((await decided(rejected.id, 'denied')).steps[0]?.comment).toBe('not for a release');
}, 240_000);

/** Runs the command line as somebody, and answers its question for a code. */
const reeveAs = async (actor: Actor, args: readonly string[], code: string): Promise<{ code: number; err: string }> => {
  const { token } = await actor.post<{ token: string }>('/v1/tokens', {
    name: 'command line',
    scopes: ['*'],
    endsAt: new Date(Date.now() + 3_600_000).toISOString(),
  });
  return await new Promise((done) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../bin/reeve'), ...args], {
      env: { PATH: process.env['PATH'], REEVE_URL: reeve.url, REEVE_TOKEN: token },
    });
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => {
      if (!err.includes('Code from') && chunk.toString().includes('Code from')) child.stdin.end(`${code}\n`);
      err += chunk.toString();
    });
    child.once('exit', (exit) => done({ code: exit ?? -1, err }));
  });
};

test('emergency access is taken from home by keyboard alone, and what nobody reviews is shut though Reeve was killed', async () => {
  const path = await as('olaf').post<{ id: string }>('/v1/emergency-paths', {
    name: 'web1-root',
    purpose: 'web1 is down and nobody can approve',
    what: 'web1:sudo:ALL',
    users: ['emil'],
    reviewers: ['rosa'],
    longestMinutes: 30,
    reviewWithinHours: 1 / 60,
  });
  const ssh = await certifyKey(as('emil'), { port: reeve.sshPort });
  const page = await windowOf(browser, reeve.url, as('emil'));
  await page.goto('/');
  await page.getByRole('button', { name: 'Take access: web1-root' }).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await tabTo(page, /^Take access: web1-root$/);
  await press(page, 'Enter');
  await inFocus(page, /^What happened/);
  expect(await axeFindings(page)).toEqual([]);
  await page.keyboard.type('the shop answers nothing');
  await tabTo(page, /^Take access$/);
  await press(page, 'Enter');
  await inFocus(page, /^Code from your authenticator/);
  await page.keyboard.type(await codeOf('emil'));
  await press(page, 'Enter');
  await page.getByRole('heading', { name: /^emil Example: sudo/ }).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  const useId = /uses\/(.+)$/.exec(page.url())?.[1] ?? '';
  await page.context().close();

  await until(
    () => ssh.run('emil@web1', ['sudo', '-n', 'id', '-u']),
    ({ code, out }) => code === 0 && out.trim() === '0',
    'the access',
    60_000,
  );
  await reeve.kill9();
  await reeve.restart();
  const look = (): Promise<Use> => admin.get<Use>(`/v1/emergency-uses/${useId}`);
  const shut = await until(
    look,
    ({ endedBecause }) => endedBecause !== null,
    'the end of what nobody reviewed',
    150_000,
  );
  expect([shut.review.state, shut.endedBecause]).toEqual(['overdue', 'nobody reviewed this emergency access in time']);
  expect((await admin.get<{ state: string }>(`/v1/emergency-paths/${path.id}`)).state).toBe('locked');
  await expect(as('emil').post(`/v1/emergency-paths/${path.id}/use`, { reason: 'again' })).rejects.toThrow(
    /emergency_path.locked|403/,
  );

  // The officer finds it waiting, by keyboard, and reviews it.
  const office = await windowOf(browser, reeve.url, as('olaf'));
  await office.goto('/');
  await office.getByText('One use waits').waitFor();
  await press(office, 'g', 'x');
  await office.getByRole('heading', { name: 'Waiting for your review' }).waitFor();
  expect(await axeFindings(office)).toEqual([]);
  await tabTo(office, /^emil Example$/);
  await press(office, 'Enter');
  await office.getByLabel('What you found').waitFor();
  await office.getByRole('link', { name: 'Watch emil@web1' }).waitFor();
  await tabTo(office, /^What you found/);
  await office.keyboard.type('the shop was started again, nothing else');
  await tabTo(office, /^Justified$/);
  await press(office, 'Enter');
  await until(look, (use) => use.review.state === 'justified', 'the review');
  await office.context().close();
  ssh.forget();
}, 300_000);
