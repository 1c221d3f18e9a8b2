import type { Lab } from '#lab/index.ts';
import { isAbout, nameInDn, needed, sorted, type TargetRecord } from './record.ts';

interface DomainChange {
  readonly statusCode: number;
  readonly operation: string;
  readonly dn: string;
  readonly attributes?: Readonly<
    Record<
      string,
      {
        readonly actions: readonly {
          readonly action: string;
          readonly values?: readonly { readonly value?: string }[];
        }[];
      }
    >
  >;
}

export function domainRecord(lab: Lab): Promise<TargetRecord> {
  const server = needed(lab.ad);
  const operationsOf = ({ operation, dn, attributes = {} }: DomainChange): readonly string[] => {
    if (operation === 'Add') return [`create ${nameInDn(dn)}`];
    const control = (attributes['userAccountControl']?.actions ?? []).filter(({ action }) => action !== 'delete');
    const locks = control.some(({ values }) => (Number(values?.[0]?.value) & 2) !== 0) ? [`lock ${nameInDn(dn)}`] : [];
    const members = (attributes['member']?.actions ?? []).flatMap(({ action, values }) =>
      (values ?? []).map(
        ({ value }) =>
          `${action === 'add' ? 'grant' : 'revoke'} ${nameInDn((value ?? '').split(';').at(-1) ?? '')} ${nameInDn(dn)}`,
      ),
    );
    return [...locks, ...members];
  };
  return Promise.resolve({
    name: 'corp',
    complete: false,
    named: true,
    passwords: false,
    kill: () => server.kill9(),
    up: () => server.up(),
    stir: () => server.logs().split('"operation": "Add"').length,
    done: (prefix) =>
      Promise.resolve(
        server
          .logs()
          .split('\n')
          .flatMap((line): DomainChange[] => {
            const json = /^ *(\{.*"type": "dsdbChange".*\}) *$/u.exec(line)?.[1];
            return json === undefined ? [] : [(JSON.parse(json) as { dsdbChange: DomainChange }).dsdbChange];
          })
          .filter(({ statusCode }) => statusCode === 0)
          .flatMap(operationsOf)
          .filter(isAbout(prefix)),
      ),
    stands: async (prefix) => {
      const attributes = [
        'sAMAccountName',
        'userPrincipalName',
        'displayName',
        'userAccountControl',
        'comment',
        'memberOf',
        'accountExpires',
        'primaryGroupID',
      ];
      const found = await server.search(`(sAMAccountName=${prefix}*)`, attributes);
      return sorted(
        found.flatMap(({ dn, attributes: held }) =>
          [...held].flatMap(([name, values]) => values.map((value) => `${dn} ${name} ${value}`)),
        ),
      );
    },
  });
}
