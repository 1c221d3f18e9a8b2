import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import ssh2 from 'ssh2';
import { mustRun } from './run-command.ts';
import { makePassword, makeSshKey } from './ssh-keys.ts';

const scratch = mkdtempSync(join(tmpdir(), 'lab-keys-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('keys of a run', () => {
  it('are what ssh-keygen says they are', async () => {
    for (let count = 0; count < 8; count += 1) {
      const key = makeSshKey(`lena ${count}@web1`);
      const file = join(scratch, String(count));
      writeFileSync(file, key.privateKey, { mode: 0o600 });
      expect((await mustRun('ssh-keygen', ['-y', '-f', file])).trim()).toBe(key.publicKey);
      expect(await mustRun('ssh-keygen', ['-l', '-f', file])).toContain(key.fingerprint);
    }
  });

  it('are read by the ssh2 library, every one of five hundred', () => {
    for (let count = 0; count < 500; count += 1) {
      const key = makeSshKey('x'.repeat(count % 9));
      const parsed = ssh2.utils.parseKey(key.privateKey);
      if (parsed instanceof Error) throw parsed;
      expect(parsed.getPublicSSH().toString('base64')).toBe(key.publicKey.split(' ')[1]);
    }
  });
});

describe('passwords of a run', () => {
  it('are 24 letters and digits and never the same', () => {
    const made = Array.from({ length: 1000 }, makePassword);
    expect(made.filter((password) => !/^[A-Za-z0-9]{24}$/.test(password))).toEqual([]);
    expect(new Set(made).size).toBe(1000);
  });
});
