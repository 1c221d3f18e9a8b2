import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newKeyPair, readCertificate } from '#kit/ssh-certificates/index.ts';
import { call, settingsFolder, type Connection } from '../call.ts';

/** Renewed when less than this is left, so that what begins now does not meet its end. */
const ENOUGH_LEFT_MS = 10 * 60_000;

/** The files by which ssh shows who somebody is at the gateway, and knows it. */
export interface IdentityFiles {
  readonly key: string;
  readonly certificate: string;
  readonly knownHosts: string;
  readonly config: string;
}

/** Where they are, for this user and nobody else. */
export function identityFiles(): IdentityFiles {
  const dir = join(settingsFolder(), 'ssh');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const at = (name: string): string => join(dir, name);
  return { key: at('id'), certificate: at('id-cert.pub'), knownHosts: at('known_hosts'), config: at('config') };
}

/** Gets a certificate for the gateway unless the one there lasts; the key is made here and leaves never. */
export async function renewIdentity(to: Connection, files = identityFiles()): Promise<IdentityFiles> {
  if (!existsSync(files.key) || !existsSync(`${files.key}.pub`)) {
    const pair = newKeyPair('reeve');
    put(files.key, pair.privateKey);
    put(`${files.key}.pub`, `${pair.publicKey}\n`);
  }
  const publicKey = readFileSync(`${files.key}.pub`, 'utf8').trim();
  if (lasts(files, publicKey, to.url)) return files;
  const { certificate } = (await call(to, 'POST', '/v1/ssh-gateway/certificates', { publicKey })) as {
    certificate: string;
  };
  put(files.certificate, `${certificate}\n`);
  put(`${files.certificate}.from`, to.url);
  return files;
}

function lasts(files: IdentityFiles, publicKey: string, url: string): boolean {
  const from = `${files.certificate}.from`;
  if (!existsSync(files.certificate) || !existsSync(from) || readFileSync(from, 'utf8') !== url) return false;
  const blob = Buffer.from(readFileSync(files.certificate, 'utf8').split(' ')[1] ?? '', 'base64');
  const read = readCertificate(blob);
  return (
    read !== undefined &&
    read.key.blob.toString('base64') === publicKey.split(' ')[1] &&
    Number(read.validTo) * 1000 - Date.now() > ENOUGH_LEFT_MS
  );
}

/** Whole or not at all: an ssh may be reading it. */
export function put(path: string, content: string): void {
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, content, { mode: 0o600 });
  renameSync(fresh, path);
}
