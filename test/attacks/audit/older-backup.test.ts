import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '#kit/testing/index.ts';
import { enrolActor, type Actor } from '#lab/demo/cast.ts';
import { runCommand } from '#lab/index.ts';
import { startReeve, type Reeve } from '#lab/reeve/start-reeve.ts';
import { runHere, type Ran } from '../../harness/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'audit-older-backup-'));
const endsAt = new Date(Date.now() + 86_400_000).toISOString();
let reeve: Reeve;
let administrator: Actor;
let token: string;

beforeAll(async () => {
  reeve = await startReeve({ timeoutMs: 90_000 });
  administrator = await enrolActor(reeve.url, reeve.firstToken(), 'first-administrator', 'First Administrator');
  ({ token } = await administrator.post<{ token: string }>('/v1/tokens', { name: 'audit', scopes: ['read'], endsAt }));
}, 180_000);
afterAll(async () => {
  await reeve?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const inReeve = (...args: string[]): Promise<Ran> => runHere(args, { REEVE_URL: reeve.url, REEVE_TOKEN: token });
/** With owners and modes: as root, PostgreSQL runs as another user. */
async function cp(from: string, to: string): Promise<void> {
  const ran = await runCommand('cp', ['-a', from, to]);
  if (ran.code !== 0) throw new Error(ran.stderr);
}
interface Newest {
  readonly publicKey: string;
  readonly size: number;
  readonly checkpoint: string;
}
const newest = async (): Promise<Newest> => JSON.parse((await inReeve('audit', 'key', '--json')).out) as Newest;

test('an older backup restored is found by the checkpoint Reeve kept outside, and by the auditor', async () => {
  await reeve.stop({ keep: true });
  const [cluster, backup] = [join(reeve.dataDir, 'postgres'), join(folder, 'backup')];
  await cp(cluster, backup);

  await reeve.restart();
  const before = await newest();
  expect((await inReeve('audit', 'verify')).code).toBe(0);
  await administrator.post('/v1/tokens', { name: 'since the backup', scopes: ['read'], endsAt });
  const after = await until(
    async () => {
      const now = await newest();
      return now.size > before.size && now;
    },
    { timeoutMs: 20_000, what: 'a checkpoint over what happened since' },
  );
  const kept = join(folder, 'kept');
  writeFileSync(kept, after.checkpoint);
  await reeve.stop({ keep: true });

  rmSync(cluster, { recursive: true });
  await cp(backup, cluster);
  await reeve.restart();
  const ran = await inReeve('audit', 'verify');
  expect(ran.code).toBe(9);
  expect(ran.err).toMatch(
    /^reeve: truncated: entry \d+: the log ends after \d+ entries, but a checkpoint of \d+ entries/,
  );
  await until(() => reeve.output().includes('audit.behind_witness'), {
    timeoutMs: 10_000,
    what: 'Reeve to say that the database is older than what it witnessed',
  });
  const copy = join(folder, 'copy.jsonl');
  expect((await inReeve('audit', 'export', copy)).code).toBe(0);
  const offline = await runHere(['audit', 'verify', copy, '--key', after.publicKey, '--witness', kept], {
    REEVE_URL: 'http://127.0.0.1:1',
    REEVE_TOKEN: '',
    REEVE_CREDENTIALS: join(folder, 'none'),
  });
  expect(offline.code).toBe(9);
  expect(offline.err).toMatch(/^reeve: truncated: entry \d+: /);
}, 180_000);
