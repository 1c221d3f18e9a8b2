import { readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { invalid } from '#kit/errors/index.ts';
import { call, connection, type Connection } from '../call.ts';
import { EXIT } from '../exit-codes.ts';
import { inert } from '../print.ts';
import { withFreshProof } from '../prove-fresh.ts';
import { systemId, untilSettled } from './system-work.ts';

/** A certificate as the API answers it. */
export interface IssuedCertificate {
  readonly serial: string;
  readonly certificate: string;
  readonly principals: readonly string[];
  readonly validTo: string;
  readonly host: string;
  readonly port: number;
  readonly knownHosts: readonly string[];
}

/** Asks for a certificate of a key. */
export const askCertificate = async (
  to: Connection,
  body: { readonly system: string; readonly account?: string; readonly publicKey: string; readonly seconds?: number },
): Promise<IssuedCertificate> =>
  (await withFreshProof(to, () => call(to, 'POST', '/v1/ssh-certificates', body))) as IssuedCertificate;

/** The commands of `reeve ca` that are more than one call: they read and write files here, or wait for what comes of it. */
export function addCertificates(program: Command): void {
  const ca = program.commands.find((c) => c.name() === 'ca') ?? program.command('ca').description('ca commands');
  ca.command('sign')
    .argument('<system>', 'id or name')
    .option('--account <name>', 'default: every account there that you may open')
    .option('--key <file>', 'your public key', join(homedir(), '.ssh', 'id_ed25519.pub'))
    .option('--seconds <number>', 'how long, within what the system allows')
    .description('certify your SSH key for a system; the certificate is put beside the key')
    .action(async (system: string, options: { account?: string; key: string; seconds?: string }) => {
      let publicKey: string;
      try {
        publicKey = readFileSync(options.key, 'utf8').trim();
      } catch {
        throw invalid('/key', `${options.key} cannot be read`, 'name a .pub file, or make one: ssh-keygen -t ed25519');
      }
      const issued = await askCertificate(connection(), {
        system,
        publicKey,
        ...(options.account === undefined ? {} : { account: options.account }),
        ...(options.seconds === undefined ? {} : { seconds: Number(options.seconds) }),
      });
      const path = options.key.replace(/(?:\.pub)?$/u, '-cert.pub');
      writeFileSync(path, `${issued.certificate}\n`, { mode: 0o600 });
      process.stdout.write(`${inert(path)}  ${inert(issued.principals.join(' '))}  until ${inert(issued.validTo)}\n`);
    });
  ca.command('krl')
    .argument('[file]', 'where to write it; default standard output')
    .description('fetch the key revocation list, for RevokedKeys of an sshd')
    .action(async (file: string | undefined) => {
      const { krl } = (await call(connection(), 'GET', '/v1/ssh-ca/krl')) as { krl: string };
      const bytes = Buffer.from(krl, 'base64');
      if (file === undefined) process.stdout.write(bytes);
      else writeFileSync(file, bytes, { mode: 0o644 });
    });
  ca.command('set-up')
    .argument('<system>', 'id or name')
    .option('--check', 'change nothing: only prove that it works')
    .option('--longest-seconds <number>', 'how long certificates for it may last')
    .option('--source-address', 'bind each certificate to the address it was asked from')
    .description('make a system trust certificates, prove it by logging on, and put it back as it was if that fails')
    .action(async (system: string, options: { check?: boolean; longestSeconds?: string; sourceAddress?: boolean }) => {
      const to = connection();
      const path = `/v1/systems/${encodeURIComponent(await systemId(to, system))}/ssh-trust`;
      await withFreshProof(to, () =>
        call(to, 'POST', path, {
          check: options.check === true,
          ...(options.longestSeconds === undefined ? {} : { longestSeconds: Number(options.longestSeconds) }),
          ...(options.sourceAddress === undefined ? {} : { sourceAddress: options.sourceAddress }),
        }),
      );
      const came = await untilSettled(to, path);
      if (came.state === 'set_up')
        process.stdout.write(`${inert(came.systemName)} lets in who has a certificate; proved by a log-on\n`);
      else {
        process.stderr.write(`reeve: ${inert(came.problem ?? 'it failed')}\n`);
        process.exitCode = EXIT.conflict;
      }
    });
}
