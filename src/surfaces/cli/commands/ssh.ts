import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { invalid } from '#kit/errors/index.ts';
import { newKeyPair } from '#kit/ssh-certificates/index.ts';
import { connection } from '../call.ts';
import { askCertificate, type IssuedCertificate } from './certificates.ts';

/** `reeve ssh lena@web1`: a key for this one log-in, a certificate for it, and the system's own ssh. */
export function addSsh(program: Command): void {
  program
    .command('ssh')
    .argument('<target>', 'account@system, or a system where you have one account')
    .argument('[arguments...]', 'handed to ssh: its options, and the command to run')
    .allowUnknownOption()
    .passThroughOptions()
    .description('log on to a system with a certificate that lasts minutes; the connection does not pass the gateway')
    .action(async (target: string, rest: string[]) => {
      const at = target.lastIndexOf('@');
      const system = target.slice(at + 1);
      const key = newKeyPair('reeve-ssh');
      const issued = await askCertificate(connection(), {
        system,
        publicKey: key.publicKey,
        ...(at > 0 ? { account: target.slice(0, at) } : {}),
      });
      process.exitCode = await runSsh(issued, key.privateKey, onlyAccount(issued), rest);
    });
}

function onlyAccount({ principals }: IssuedCertificate): string {
  const [one, another] = principals;
  if (one === undefined || another !== undefined)
    throw invalid(
      '/target',
      `names no account, and you may open ${principals.join(', ')}`,
      'say which: reeve ssh account@system',
    );
  return one.slice(0, one.indexOf('@'));
}

/** The key is in a folder only its owner can read, for as long as ssh runs; the host has to show a certificate of Reeve's. */
async function runSsh(
  issued: IssuedCertificate,
  privateKey: string,
  account: string,
  rest: readonly string[],
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
    const [flags, command] = split(rest);
    const ssh = spawn(
      'ssh',
      [...options, '-p', String(issued.port), '-l', account, ...flags, '--', issued.host, ...command],
      {
        stdio: 'inherit',
      },
    );
    return await new Promise<number>((done, fail) => {
      ssh.once('error', fail);
      ssh.once('close', (code) => done(code ?? 255));
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Options of ssh come before the host, the command after it. */
function split(rest: readonly string[]): readonly [readonly string[], readonly string[]] {
  const WITH_VALUE = /^-[bcDEeFIiJLlmOopQRSWw]$/u;
  let at = 0;
  while (at < rest.length && rest[at]?.startsWith('-') === true && rest[at] !== '--')
    at += WITH_VALUE.test(rest[at] ?? '') ? 2 : 1;
  return [rest.slice(0, at), rest.slice(rest[at] === '--' ? at + 1 : at)];
}
