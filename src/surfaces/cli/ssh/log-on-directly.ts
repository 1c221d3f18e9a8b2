import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { invalid } from '#kit/errors/index.ts';
import { newKeyPair } from '#kit/ssh-certificates/index.ts';
import { connection } from '../call.ts';
import { askCertificate, type IssuedCertificate } from '../commands/certificates.ts';
import { runHere } from './run-program.ts';

/** Straight to a system: a key for this one log-in, a certificate for it, and the system's own ssh. */
export async function logOnDirectly(
  target: string,
  flags: readonly string[],
  command: readonly string[],
): Promise<number> {
  const at = target.lastIndexOf('@');
  const key = newKeyPair('reeve-ssh');
  const issued = await askCertificate(connection(), {
    system: target.slice(at + 1),
    publicKey: key.publicKey,
    ...(at > 0 ? { account: target.slice(0, at) } : {}),
  });
  return await runSsh(issued, key.privateKey, onlyAccount(issued), flags, command);
}

function onlyAccount({ principals }: IssuedCertificate): string {
  const [one, another] = principals;
  if (one === undefined || another !== undefined)
    throw invalid(
      '/target',
      `names no account, and you may open ${principals.join(', ')}`,
      'say which: reeve ssh --direct account@system',
    );
  return one.slice(0, one.indexOf('@'));
}

/** The key is in a folder only its owner can read, for as long as ssh runs; the host has to show a certificate of Reeve's. */
async function runSsh(
  issued: IssuedCertificate,
  privateKey: string,
  account: string,
  flags: readonly string[],
  command: readonly string[],
): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'reeve-ssh-'));
  try {
    const [key, cert, known] = [join(dir, 'id'), join(dir, 'id-cert.pub'), join(dir, 'known_hosts')];
    writeFileSync(key, privateKey, { mode: 0o600 });
    writeFileSync(cert, `${issued.certificate}\n`, { mode: 0o600 });
    writeFileSync(known, issued.knownHosts.map((line) => `${line}\n`).join(''), { mode: 0o600 });
    const options = [
      `IdentityFile=${key}`,
      `CertificateFile=${cert}`,
      'IdentitiesOnly=yes',
      'IdentityAgent=none',
      `UserKnownHostsFile=${known}`,
      'StrictHostKeyChecking=yes',
      'ForwardAgent=no',
    ].flatMap((option) => ['-o', option]);
    const to = ['-p', String(issued.port), '-l', account];
    return await runHere('ssh', [...options, ...to, ...flags, '--', issued.host, ...command]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
