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
  const changes = (): readonly DomainChange[] =>
    server
      .logs()
      .split('\n')
      .flatMap((line): DomainChange[] => {
        const json = /^ *(\{.*"type": "dsdbChange".*\}) *$/u.exec(line)?.[1];
        return json === undefined ? [] : [(JSON.parse(json) as { dsdbChange: DomainChange }).dsdbChange];
      });
  const cuts = new Set<number>();
  return Promise.resolve({
    name: 'corp',
    complete: false,
    named: true,
    passwords: false,
    kill: async () => {
      await server.kill9();
      cuts.add(changes().length - 1);
    },
    up: () => server.up(),
    stir: () => server.logs().split('"operation": "Add"').length,
    // A change is logged before it is committed. The last before a power cut is as if it had not been where it comes again.
    done: (prefix) => {
      const all = changes();
      const came = all.map((change) =>
        operationsOf(change).map((operation) => (change.statusCode === 0 ? operation : `refused ${operation}`)),
      );
      const isUndone = (at: number): boolean =>
        cuts.has(at) && came.slice(at + 1).some((later) => later.join() === came[at]?.join());
      return Promise.resolve(
        came
          .filter((_, at) => !isUndone(at))
          .flatMap((operations) => operations.filter((one) => isAbout(prefix)(one.replace('refused ', '')))),
      );
    },
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
