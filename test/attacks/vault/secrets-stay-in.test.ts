import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Secret as OtpSecret } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDb, sql, startEmbedded } from '#kit/db/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { systemClock } from '#kit/clock/index.ts';
import { exportLog } from '#lab/demo/audit-steps.ts';
import { runStory, type StoryEnd } from '#lab/demo/story.ts';
import { tellNobody } from '#lab/demo/tell.ts';
import { startLab, type Lab } from '#lab/index.ts';
import { startReeve, type Reeve } from '#lab/reeve/start-reeve.ts';
import { dumpDatabase, openVault } from '../search/dump-database.ts';
import { findSecrets, type Place, type Secret } from '../search/find-secrets.ts';
import { keysOfReeve } from '../../harness/keys-of-reeve.ts';
import { watchProcesses } from '../search/watch-processes.ts';

const PRINTED = 'what Reeve printed';
const DUMP = 'the dump of the database';
const RAW = 'the files of PostgreSQL';
const RECORDINGS = 'the recordings';
const PROCESSES = 'arguments and environment of the processes';
const ANSWERS = 'the answers over HTTP';
const HANDED_OVER = 'the answers that hand a secret to whom it is for';
const EXPORTED = 'the exported audit log';
const ROOT_KEY = 'the root key file';
const HOST_KEY = 'the host key file';
const PASSWORDS = 'the password file of the embedded PostgreSQL';
const REST = 'the rest of the data folder';

const folder = mkdtempSync(join(tmpdir(), 'secrets-stay-in-'));
const at = (name: string): string => join(folder, name);
let lab: Lab;
let reeve: Reeve;
let end: StoryEnd;
const secrets: Secret[] = [];
let places: Place[] = [];
let rows = 0;

/** Answers in which a secret is handed to whom it is for: an enrolment's one-time code secret, a link's token. */
const HANDS_OVER = /\/v1\/enrolment\/begin$|\/v1\/identities\/[^/]+\/enrolment$/;

/** Keeps every answer any client of this test gets, headers of cookies excepted. */
function keepAnswers(): () => void {
  const real = globalThis.fetch;
  globalThis.fetch = async (...call) => {
    const answer = await real(...call);
    const url = String(call[0] instanceof Request ? call[0].url : call[0]).split('?')[0] ?? '';
    const headers = [...answer.headers].filter(([name]) => name !== 'set-cookie');
    const text = `${call[1]?.method ?? 'GET'} ${url} ${answer.status} ${JSON.stringify(headers)}\n${await answer.clone().text()}\n`;
    appendFileSync(at(HANDS_OVER.test(url) ? 'handed-over' : 'answers'), text);
    return answer;
  };
  return () => {
    globalThis.fetch = real;
  };
}

beforeAll(async () => {
  const [startedLab, startedReeve] = await Promise.all([
    startLab({ mail: false }),
    startReeve({ env: { REEVE_LOG_LEVEL: 'debug' }, timeoutMs: 90_000 }),
  ]);
  lab = startedLab;
  reeve = startedReeve;
  const forget = keepAnswers();
  const processes = watchProcesses(reeve.pid);
  try {
    end = await runStory({ reeve, lab, tell: tellNobody(), today: new Date().toISOString().slice(0, 10) });
    writeFileSync(at('exported'), (await exportLog(end.dana)).join('\n'));
  } finally {
    processes.stop();
    forget();
  }
  writeFileSync(at('processes'), processes.said());
  const first = reeve.firstToken();
  await reeve.stop({ keep: true });
  writeFileSync(at('printed'), reeve.output());
  await gather(first);
}, 240_000);
afterAll(async () => {
  await reeve?.stop();
  await lab?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Collects the secrets and the places once Reeve is down. */
async function gather(firstToken: string): Promise<void> {
  const { dataDir } = reeve;
  const embedded = await startEmbedded({ dataDir, log: silentLog });
  try {
    const url = new URL(embedded.adminUrl);
    url.pathname = '/reeve';
    const db = await openDb({ url: url.href, clock: systemClock, log: silentLog, max: 2 });
    const keys = await keysOfReeve(dataDir, db);
    rows = await dumpDatabase(db, at('dump'));
    for (const { name, value } of await openVault(db, keys))
      secrets.push({ what: `the vault's ${name}`, value: value.toString('utf8') });
    await db.run(sql`checkpoint`);
    await db.close();
  } finally {
    await embedded.stop();
  }
  for (const [n, value] of end.secrets.entries()) {
    secrets.push({ what: `secret ${n} of the story`, value, belongs: [HANDED_OVER] });
    if (/^[A-Z2-7]{32}$/.test(value))
      secrets.push({
        what: `secret ${n} of the story, decoded`,
        value: Buffer.from(OtpSecret.fromBase32(value).bytes),
      });
  }
  for (const who of [end.administrator, end.dana, end.lena, end.tomas, end.priya])
    secrets.push({ what: `the sign-in of ${who.username}`, value: who.cookie });
  secrets.push({ what: 'the first link', value: firstToken, belongs: [PRINTED] });
  for (const [, token = ''] of readFileSync(at('handed-over'), 'utf8').matchAll(/token=(rve_[a-z2-7]+)/g))
    secrets.push({ what: 'an enrolment link', value: token, belongs: [HANDED_OVER] });
  secrets.push({ what: 'the root key', value: readFileSync(join(dataDir, 'root.key')), belongs: [ROOT_KEY] });
  secrets.push({
    what: 'the host key',
    value: readFileSync(join(dataDir, 'ssh_host_ed25519_key'), 'utf8'),
    belongs: [HOST_KEY],
  });
  const passwords = JSON.parse(readFileSync(join(dataDir, 'postgres/passwords.json'), 'utf8')) as Record<
    string,
    string
  >;
  for (const [role, value] of Object.entries(passwords))
    secrets.push({ what: `PostgreSQL's ${role}`, value, belongs: [PASSWORDS] });

  const file = (name: string, path: string): Place => ({ name, path });
  places = [
    file(PRINTED, at('printed')),
    file(DUMP, at('dump')),
    { ...file(RAW, join(dataDir, 'postgres')), except: ['passwords.json'] },
    file(PASSWORDS, join(dataDir, 'postgres/passwords.json')),
    file(RECORDINGS, join(dataDir, 'recordings')),
    file(PROCESSES, at('processes')),
    file(ANSWERS, at('answers')),
    file(HANDED_OVER, at('handed-over')),
    file(EXPORTED, at('exported')),
    file(ROOT_KEY, join(dataDir, 'root.key')),
    file(HOST_KEY, join(dataDir, 'ssh_host_ed25519_key')),
    ...readdirSync(dataDir)
      .filter((name) => !['postgres', 'recordings', 'root.key', 'ssh_host_ed25519_key'].includes(name))
      .map((name) => file(REST, join(dataDir, name))),
  ];
}

test('every secret of the story is found where it belongs and nowhere else', async () => {
  expect(secrets.length).toBeGreaterThan(30);
  expect(secrets.filter((s) => s.what.startsWith('the vault')).length).toBeGreaterThan(7);
  expect(await findSecrets(secrets, places)).toEqual([]);
});

test('the places were really looked through: what is no secret is found in each', async () => {
  expect(rows).toBeGreaterThan(1000);
  const known: readonly Secret[] = [
    { what: 'a node', value: 'REEVE_DATA_DIR' },
    { what: 'a name', value: 'lena.okafor@larkspur.example' },
    { what: 'an operation', value: '/v1/requests' },
    { what: 'an event', value: 'grant.started' },
    { what: 'a session', value: end.sessionId },
    { what: 'a log line', value: 'ssh gateway serves' },
  ];
  const found = await findSecrets(known, places);
  for (const [what, place] of [
    ['a node', PROCESSES],
    ['a name', DUMP],
    ['a name', RAW],
    ['an operation', ANSWERS],
    ['an event', EXPORTED],
    ['an event', DUMP],
    ['a session', RECORDINGS],
    ['a log line', PRINTED],
  ])
    expect(
      found.some((f) => f.startsWith(`${what} (as it is) in ${place}:`)),
      `${what} in ${place}`,
    ).toBe(true);
  expect(statSync(at('answers')).size).toBeGreaterThan(100_000);
});

test('a secret that gets out is found: in each form, in each kind of place', async () => {
  const leak = secrets.find((s) => s.what.startsWith("the vault's") && !String(s.value).includes('PRIVATE'));
  if (leak === undefined) throw new Error('the vault holds no password');
  const bytes = Buffer.from(leak.value);
  const copy = at('leaks');
  writeFileSync(
    copy,
    Buffer.concat([Buffer.from('\0\u0001{"x":"'), bytes, Buffer.from('"}\n'), Buffer.from(bytes.toString('hex'))]),
  );
  appendFileSync(copy, `\n${bytes.toString('base64')}\n`);
  const found = await findSecrets([leak], [{ name: 'a leak', path: dirname(copy) }]);
  for (const form of ['as it is', 'in hex', 'in base64'])
    expect(found).toContain(`${leak.what} (${form}) in a leak: ${copy}`);
  rmSync(copy);
});
