import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { can, useMe } from '../../api/me.ts';
import { draftRole, improvementsQuery, lookAtVersion, type Improvement } from '../../api/roles.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';

const WORDS: Readonly<Record<Improvement['what'], string>> = {
  retire: 'Nobody used it',
  merge: 'They give nearly the same',
  contain: 'The first gives all the second does',
};

/** What could be better about the roles there are. A draft that empties an unused role shows what retiring it would do. */
export const Improvements = () => {
  const me = useMe();
  const navigate = useNavigate();
  const query = useQuery(improvementsQuery());
  const retire = useAct({
    run: async (row: Improvement) => {
      const made = await draftRole(row.roles[0]?.id ?? '', {
        kind: 'business',
        entitlements: [],
        roles: [],
        reason: 'nobody used it',
      });
      await lookAtVersion(made.id);
      return made;
    },
    stales: ['roles'],
    done: () => 'Drafted; nothing is changed',
    after: (made) => void navigate({ to: '/role-versions/$id', params: { id: made.id } }),
  });
  if (query.isPending) return <Waiting />;
  if (query.data === undefined) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <PlainTable
      label="What could be better"
      rows={query.data.items}
      rowId={(row) => `${row.what} ${row.roles.map((r) => r.id).join(' ')}`}
      empty="Nothing was found."
      columns={[
        {
          id: 'roles',
          header: 'Roles',
          title: true,
          cell: (row) =>
            row.roles.map((role) => (
              <div key={role.id} style={{ lineHeight: '1.75rem' }}>
                <Link to="/roles/$id" params={{ id: role.id }} style={{ display: 'inline-block' }}>
                  {role.name}
                </Link>
              </div>
            )),
        },
        { id: 'what', header: 'Why', cell: (row) => WORDS[row.what] },
        { id: 'people', header: 'People', right: true, cell: (row) => row.people },
        { id: 'coverage', header: 'Stays', right: true, cell: (row) => row.coverage },
        { id: 'extra', header: 'Extra', right: true, cell: (row) => row.extra },
        {
          id: 'used',
          header: 'Last used',
          cell: (row) => (row.lastUsedAt === null ? 'not in 90 days, or unknown' : <TimeAgo at={row.lastUsedAt} />),
        },
        {
          id: 'do',
          header: 'Do',
          cell: (row) =>
            row.what === 'retire' && can(me, 'role_version.draft') ? (
              <Button size="compact-xs" variant="default" onClick={() => retire.mutate(row)}>
                Draft without content
              </Button>
            ) : null,
        },
      ]}
    />
  );
};
