import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TokenSettings } from '#kit/crypto/index.ts';

const MODULE = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib64/softhsm/libsofthsm2.so'].find((path) =>
  existsSync(path),
);

/** A token of SoftHSM2 of one's own, which a test takes out and puts back. */
export interface SoftToken {
  readonly settings: TokenSettings;
  /** As somebody who pulls it out of its slot. */
  takeOut(): void;
  putBack(): void;
  /** What OpenSC's tool answers when asked about the token's keys, logged in. */
  tool(...args: string[]): string;
  remove(): void;
}

/** Makes a token; a sentence where SoftHSM2 is not installed. SoftHSM reads SOFTHSM2_CONF of the process. */
export function softToken(): SoftToken | string {
  if (MODULE === undefined) return 'softhsm2 is not installed';
  const folder = mkdtempSync(join(tmpdir(), 'reeve-token-'));
  const tokens = join(folder, 'tokens');
  mkdirSync(tokens, { mode: 0o700 });
  const conf = join(folder, 'softhsm2.conf');
  writeFileSync(conf, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  const before = process.env['SOFTHSM2_CONF'];
  process.env['SOFTHSM2_CONF'] = conf;
  const pinFile = join(folder, 'pin');
  writeFileSync(pinFile, '4711-4711\n', { mode: 0o600 });
  execFileSync('softhsm2-util', [
    '--init-token',
    '--free',
    '--label',
    'reeve',
    '--so-pin',
    '0815-0815',
    '--pin',
    '4711-4711',
  ]);
  return {
    settings: { module: MODULE, token: 'reeve', pinFile },
    takeOut: () => renameSync(tokens, `${tokens}-out`),
    putBack: () => renameSync(`${tokens}-out`, tokens),
    tool: (...args) =>
      execFileSync(
        'pkcs11-tool',
        ['--module', MODULE, '--token-label', 'reeve', '--login', '--pin', '4711-4711', ...args],
        {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      ),
    remove: () => {
      if (before === undefined) delete process.env['SOFTHSM2_CONF'];
      else process.env['SOFTHSM2_CONF'] = before;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
