import { join } from 'node:path';
import type { Lab } from '#lab/index.ts';
import { isAbout, nameInDn, needed, run, sorted, type TargetRecord } from './record.ts';

/** Entries of LDIF without wrapped lines, each the list of its attributes and values. */
const entriesOf = (ldif: string): readonly (readonly (readonly [string, string])[])[] =>
  ldif
    .split('\n\n')
    .map((block) =>
      block.split('\n').flatMap((line): [string, string][] => {
        const [, name, mark, value = ''] = /^([^:\s]+)(::?) (.*)$/u.exec(line) ?? [];
        if (name === undefined) return [];
        return [[name, mark === '::' ? Buffer.from(value, 'base64').toString('utf8') : value]];
      }),
    )
    .filter((entry) => entry.length > 0);

export function ldapRecord(lab: Lab): Promise<TargetRecord> {
  const server = needed(lab.ldap);
  const config = join(lab.folder, `ldap-${server.name}`, 'config');
  const dump = async (base: string, filter: string) =>
    entriesOf(await run('slapcat', ['-F', config, '-b', base, '-a', filter, '-o', 'ldif_wrap=no']));
  const operationsOf = (entry: readonly (readonly [string, string])[]): readonly string[] => {
    const all = (name: string): readonly string[] =>
      entry.flatMap(([attribute, value]) => (attribute === name ? [value] : []));
    const on = all('reqDN')[0] ?? '';
    if (all('reqType')[0] === 'add') return [`create ${nameInDn(on)}`];
    if (all('reqMod').some((change) => change.startsWith('pwdAccountLockedTime:'))) return [`lock ${nameInDn(on)}`];
    if (all('reqMod').some((change) => change.startsWith('userPassword:'))) return [`password ${nameInDn(on)}`];
    return all('reqMod').flatMap((change) => {
      const [, sign, dn = ''] = /^member:([+-]) (.*)$/u.exec(change) ?? [];
      return sign === undefined ? [] : [`${sign === '+' ? 'grant' : 'revoke'} ${nameInDn(dn)} ${nameInDn(on)}`];
    });
  };
  return Promise.resolve({
    name: 'directory',
    complete: false,
    named: true,
    passwords: true,
    kill: () => server.kill9(),
    up: () => server.up(),
    stir: () => server.logs().split(' ADD dn=').length,
    done: async (prefix) =>
      (await dump('cn=accesslog', '(&(objectClass=auditWriteObject)(reqResult=0))'))
        .flatMap(operationsOf)
        .filter(isAbout(prefix)),
    stands: async (prefix) => {
      const [people, groups] = await Promise.all([
        dump(server.suffix, `(uid=${prefix}*)`),
        dump(server.suffix, '(objectClass=groupOfNames)'),
      ]);
      const made =
        /^(?:entryUUID|entryCSN|createTimestamp|modifyTimestamp|structuralObjectClass|creatorsName|modifiersName|pwdChangedTime)$/u;
      const of = (dn: string): boolean => nameInDn(dn).startsWith(prefix);
      return sorted([
        ...people.flatMap((entry) =>
          entry
            .filter(([name]) => !made.test(name))
            .map(([name, value]) => `${entry[0]?.[1] ?? ''} ${name} ${name === 'userPassword' ? 'hash' : value}`),
        ),
        ...groups.flatMap((entry) =>
          entry.flatMap(([name, value]) => (name === 'member' && of(value) ? [`${entry[0]?.[1] ?? ''} ${value}`] : [])),
        ),
      ]);
    },
  });
}
