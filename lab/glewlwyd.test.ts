import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGlewlwyd, whyNoGlewlwyd, type LabGlewlwyd } from './glewlwyd.ts';
import { labFoldersOf, sweepLeftovers } from './lab-directory.ts';
import { isFree } from './loopback.ts';
import { runCommand, waitUntil } from './run-command.ts';

const reason = whyNoGlewlwyd();
if (reason !== undefined) process.stderr.write(`SKIP the service with a REST API: ${reason}\n`);

describe.skipIf(reason !== undefined)('the Glewlwyd target', () => {
  let target: LabGlewlwyd;
  beforeAll(async () => {
    target = await startGlewlwyd();
  });
  afterAll(() => target?.stop());

  it('answers its administrator, counts who asks, and takes the well-known password no more', async () => {
    const before = await target.attempts();
    expect(JSON.parse(await target.ask('GET', '/user/'))).toMatchObject([{ username: 'admin', enabled: true }]);
    expect(await target.attempts()).toBe(before + 1);
    expect(await target.names()).toEqual(['admin']);
    await expect(target.ask('POST', '/auth/', { username: 'admin', password: 'password' })).rejects.toThrow('401');
    await target.ask('POST', '/auth/', target.admin);
    expect(await target.attempts()).toBe(before + 3);
  });

  it('keeps what it is given secret', async () => {
    const wrote = await target.wrote();
    expect(wrote).toContain('Glewlwyd started');
    expect(wrote).toContain('CREATE TABLE g_user');
    const seen = `${wrote}\n${(await runCommand('ps', ['axeww'])).stdout}`;
    expect([target.token, target.admin.password].filter((secret) => seen.includes(secret))).toEqual([]);
  });

  it('runs beside a second one, which leaves nothing when stopped', async () => {
    const before = labFoldersOf(process.pid);
    const second = await startGlewlwyd();
    expect(second.port).not.toBe(target.port);
    await second.stop();
    await second.stop();
    expect(await isFree(second.host, second.port)).toBe(true);
    expect(labFoldersOf(process.pid)).toEqual(before);
  });
});

describe.skipIf(reason !== undefined)('a Glewlwyd target whose parent is killed', () => {
  it('ends, and the next start sweeps the folder it left', async () => {
    const program = `import { startGlewlwyd } from ${JSON.stringify(join(import.meta.dirname, 'glewlwyd.ts'))};
      console.log((await startGlewlwyd()).port); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const port = await new Promise<number>((resolve) => {
      child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(Number(text.trim())));
    });
    const folders = labFoldersOf(child.pid ?? 0);
    expect(folders).toHaveLength(1);
    expect(await isFree('127.0.0.1', port)).toBe(false);
    child.kill('SIGKILL');
    await waitUntil('Glewlwyd to end with its parent', 10_000, () => isFree('127.0.0.1', port), 50);
    await sweepLeftovers();
    expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
  });
});
