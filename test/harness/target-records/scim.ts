import type { LabScim } from '#lab/index.ts';
import { isAbout, sorted, type TargetRecord } from './record.ts';

type ScimHeld = LabScim['groups'][number] | undefined;

export function scimRecord(scim: LabScim): Promise<TargetRecord> {
  const userOf = (id: string): string => String(scim.users.find((one) => one.id === id)?.['userName'] ?? id);
  const membersOf = (group: ScimHeld): readonly string[] =>
    ((group?.['members'] ?? []) as readonly { readonly value: string }[]).map(({ value }) => value);
  const operationsOf = ({ kind, before, after }: LabScim['writes'][number]): readonly string[] => {
    const who = String((after ?? before)?.[kind === 'users' ? 'userName' : 'displayName']);
    if (kind === 'users')
      return [before === undefined ? `create ${who}` : after?.['active'] === false ? `lock ${who}` : `change ${who}`];
    const [had, has] = [membersOf(before), membersOf(after)];
    const changes = [
      ...has.filter((id) => !had.includes(id)).map((id) => `grant ${userOf(id)} ${who}`),
      ...had.filter((id) => !has.includes(id)).map((id) => `revoke ${userOf(id)} ${who}`),
    ];
    // What changed nothing was sent for nothing, to nobody knows whom.
    return changes.length === 0 ? [`nothing ${who}`] : changes;
  };
  return Promise.resolve({
    name: 'crm',
    complete: true,
    named: true,
    passwords: false,
    kill: () => scim.down(),
    up: () => scim.up(),
    stir: () => scim.writes.length,
    done: (prefix) =>
      Promise.resolve(
        scim.writes
          .flatMap(operationsOf)
          .filter((operation) => operation.startsWith('nothing ') || isAbout(prefix)(operation)),
      ),
    stands: (prefix) => {
      const users = scim.users.filter((one) => String(one['userName']).startsWith(prefix));
      const ids = new Set(users.map(({ id }) => id));
      return Promise.resolve(
        sorted([
          ...users.map(({ id: _id, meta: _meta, ...rest }) => JSON.stringify(Object.entries(rest).sort())),
          ...scim.groups.flatMap((group) =>
            membersOf(group)
              .filter((id) => ids.has(id))
              .map((id) => `${String(group['displayName'])} ${userOf(id)}`),
          ),
        ]),
      );
    },
  });
}
