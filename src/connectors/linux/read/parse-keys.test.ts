import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeSshKey, runCommand } from '#lab/index.ts';
import { parseKeyLine } from './parse-keys.ts';

const key = makeSshKey('amara@laptop');
const [type = '', blob = ''] = key.publicKey.split(' ');

describe('lines of authorized_keys', () => {
  it.each([
    ['plain', `${type} ${blob} amara@laptop`, [], 'amara@laptop'],
    ['without a comment', `${type} ${blob}`, [], ''],
    ['with blanks in the comment', `  ${type}\t${blob}  two  words `, [], 'two  words'],
    [
      'with options',
      `restrict,from="10.0.0.0/8,!10.1.1.1" ${type} ${blob} c`,
      ['restrict', 'from="10.0.0.0/8,!10.1.1.1"'],
      'c',
    ],
    [
      'with a command full of quotes',
      `command="echo \\"a b\\", x",no-pty ${type} ${blob} c`,
      ['command="echo \\"a b\\", x"', 'no-pty'],
      'c',
    ],
    ['with a key inside an option', `command="${type} ${blob}" ${type} ${blob} c`, [`command="${type} ${blob}"`], 'c'],
  ])('%s', (_, line, options, comment) => {
    expect(parseKeyLine(line)).toMatchObject({ type, blob, fingerprint: key.fingerprint, options, comment });
  });

  it.each([
    ['a blank', '   '],
    ['a comment', `# ${key.publicKey}`],
    ['no key', 'ssh-ed25519'],
    ['an unknown type', `ssh-frob ${blob}`],
    ['a blob that is not base64', `${type} !!!!`],
    ['a blob of another type', `ssh-rsa ${blob}`],
    ['a cut blob', `${type} ${blob.slice(0, 8)}`],
    ['an open quote', `command="x ${type} ${blob}`],
    ['a shadow line', 'root:$6$abc$def:19000:0:99999:7:::'],
  ])('%s is no key', (_, line) => {
    expect(parseKeyLine(line)).toBeUndefined();
  });

  it('any options come back as they were written', () => {
    const option = fc.oneof(
      fc.constantFrom('restrict', 'no-pty', 'cert-authority'),
      fc.string({ unit: 'grapheme-ascii', maxLength: 20 }).map((text) => `command="${text.replace(/[\\"]/gu, '\\"')}"`),
    );
    fc.assert(
      fc.property(fc.array(option, { minLength: 1, maxLength: 4 }), (options) => {
        expect(parseKeyLine(`${options.join(',')} ${key.publicKey}`)).toMatchObject({
          options,
          fingerprint: key.fingerprint,
        });
      }),
    );
  });

  it('any text is a key or none', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => void parseKeyLine(text)));
    const begun = performance.now();
    for (const part of ['"', ' ', ',', '\\"', 'a="']) parseKeyLine(part.repeat(200_000));
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('fingerprints are what ssh-keygen prints', async ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), 'reeve-keys-'));
    try {
      writeFileSync(join(folder, 'k'), `${key.publicKey}\n`);
      const printed = await runCommand('ssh-keygen', ['-lf', join(folder, 'k')]).catch(() => undefined);
      if (!printed) return skip('ssh-keygen is not installed (openssh-client)');
      expect(printed.stdout.split(' ')[1]).toBe(parseKeyLine(key.publicKey)?.fingerprint);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
