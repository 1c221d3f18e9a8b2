import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
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
}

/**
 * The token of this process, made by the first who asks; a sentence where SoftHSM2 is not installed. SoftHSM reads
 * SOFTHSM2_CONF when a process first uses it and keeps to it, so that a process has one token, whichever tests it runs.
 */
export function softToken(): SoftToken | string {
  if (MODULE === undefined) return 'softhsm2 is not installed';
  if (!existsSync('/usr/bin/pkcs11-tool')) return 'opensc is not installed';
  try {
    createRequire(import.meta.url)('pkcs11js');
  } catch {
    return 'pkcs11js is not compiled: apt-get install g++ make python3, then npm rebuild pkcs11js';
  }
  const folder = join(tmpdir(), `reeve-token-${process.pid}`);
  const tokens = join(folder, 'tokens');
  const conf = join(folder, 'softhsm2.conf');
  const pinFile = join(folder, 'pin');
  process.env['SOFTHSM2_CONF'] = conf;
  if (!existsSync(folder)) {
    mkdirSync(folder, { mode: 0o700 });
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(tokens, { mode: 0o700 });
    writeFileSync(conf, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
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
  }
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
  };
}
