/** Self-signed certificates of this run's servers. */
import { X509Certificate } from 'node:crypto';
import { chownSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerUser } from './postgres/find-binaries.ts';
import { runCommand } from './run-command.ts';

export interface LabCertificate {
  readonly certificate: string;
  /** SHA-256 as `AB:CD:…` */
  readonly fingerprint256: string;
}

/** Puts `server.key` and `server.crt` in `folder`, owned by `user`. Undefined when openssl is not installed. */
export async function makeCertificate(
  folder: string,
  options: { readonly name: string; readonly address: string; readonly user: ServerUser | undefined },
): Promise<LabCertificate | undefined> {
  const key = join(folder, 'server.key');
  const cert = join(folder, 'server.crt');
  const made = await runCommand('openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '7',
    '-subj',
    `/CN=${options.name}`,
    '-addext',
    `subjectAltName=IP:${options.address},DNS:localhost`,
    '-keyout',
    key,
    '-out',
    cert,
  ]).catch(() => undefined);
  if (made?.code !== 0) return undefined;
  const { user } = options;
  if (user !== undefined) for (const file of [key, cert]) chownSync(file, user.uid, user.gid);
  const certificate = readFileSync(cert, 'utf8');
  return { certificate, fingerprint256: new X509Certificate(certificate).fingerprint256 };
}
