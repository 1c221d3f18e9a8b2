import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parsePublicKey, verifyMessage } from './index.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'reeve-sshsig-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const made = (type: string, ...args: readonly string[]): { readonly path: string; readonly fingerprint: string } => {
  const path = join(dir, `${type}${args.join('')}`);
  execFileSync('ssh-keygen', ['-q', '-t', type, ...args, '-N', '', '-f', path]);
  return { path, fingerprint: parsePublicKey(readFileSync(`${path}.pub`, 'utf8')).fingerprint };
};
const signed = (path: string, message: string, namespace = 'reeve-workload', ...more: readonly string[]): string =>
  execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-f', path, '-n', namespace, ...more], {
    input: message,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  });
const verified = (signature: string, message = 'a message', namespace = 'reeve-workload'): string | undefined =>
  verifyMessage(signature, Buffer.from(message), namespace);

it.each([['ed25519'], ['ecdsa', '-b', '256'], ['ecdsa', '-b', '384'], ['ecdsa', '-b', '521'], ['rsa', '-b', '2048']])(
  'what a key of %s %s %s signed with ssh-keygen is told by its fingerprint',
  (type, ...args) => {
    const key = made(type, ...args.map(String));
    for (const hash of ['sha256', 'sha512'])
      expect(verified(signed(key.path, 'a message', 'reeve-workload', '-O', `hashalg=${hash}`))).toBe(key.fingerprint);
  },
);

it('another message, another namespace, another key put in, and bytes that are none are no proof', () => {
  const [one, two] = [made('ed25519', '-C', 'one'), made('ed25519', '-C', 'two')];
  const good = signed(one.path, 'a message');
  expect(verified(good, 'another message')).toBeUndefined();
  expect(verified(good, 'a message', 'file')).toBeUndefined();
  expect(verified(signed(one.path, 'a message', 'file'))).toBeUndefined();
  const blob = (path: string): Buffer => parsePublicKey(readFileSync(`${path}.pub`, 'utf8')).blob;
  const bytes = Buffer.from(good.split('\n').slice(1, -2).join(''), 'base64');
  const at = bytes.indexOf(blob(one.path));
  const swapped = Buffer.concat([
    bytes.subarray(0, at),
    blob(two.path),
    bytes.subarray(at + blob(one.path).length),
  ]).toString('base64');
  const armoured = (base64: string): string =>
    `-----BEGIN SSH SIGNATURE-----\n${base64}\n-----END SSH SIGNATURE-----\n`;
  expect(verified(armoured(bytes.toString('base64')))).toBe(one.fingerprint);
  expect(verified(armoured(swapped))).toBeUndefined();
  for (let cut = 0; cut < bytes.length; cut += 7)
    expect(verified(armoured(bytes.subarray(0, cut).toString('base64')))).toBeUndefined();
  expect(verified('')).toBeUndefined();
});
