/** Where this machine's OpenLDAP server is, and as whom it runs. */
import { existsSync } from 'node:fs';
import type { ServerUser } from '../postgres/find-binaries.ts';
import { runCommand } from '../run-command.ts';

export interface SlapdPrograms {
  readonly slapd: string;
  readonly slapadd: string;
}

/** Undefined when the server, its modules or its schema files are not here. */
export function findSlapd(): SlapdPrograms | undefined {
  const programs = { slapd: '/usr/sbin/slapd', slapadd: '/usr/sbin/slapadd' };
  const needed = [programs.slapd, programs.slapadd, '/usr/lib/ldap/ppolicy.so', '/etc/ldap/schema/nis.ldif'];
  return needed.every((file) => existsSync(file)) ? programs : undefined;
}

/** As root the server drops to Debian's `openldap`, else to `nobody`; an ordinary user stays who they are. */
export async function findDirectoryUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['openldap', 'nobody']) {
    const found = await runCommand('getent', ['passwd', name]);
    const [, , uid, gid] = found.stdout.split(':');
    if (found.code === 0 && uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}
