import { Button, Group, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { awaitingList, createRole, roleList } from '../../api/roles.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Loaded } from '../../ui/feedback/loaded.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Tag } from '../../ui/show/badges.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';

/** Every role, and the versions that wait for somebody to approve them. */
export const RolesPage = () => {
  const me = useMe();
  const list = useRows(roleList());
  return (
    <Page
      title="Roles"
      lead="Named bundles of access, given as one. What one is made of changes by published versions."
    >
      {can(me, 'role_version.read') ? <Awaiting /> : null}
      {can(me, 'role.create') ? (
        <Section title="New role">
          <NewRole />
        </Section>
      ) : null}
      <Section title="Roles in use">
        <Loaded list={list}>
          {(rows) => (
            <PlainTable
              label="Roles"
              rows={rows}
              rowId={(row) => row.id}
              empty="There is no role yet."
              columns={[
                {
                  id: 'name',
                  header: 'Name',
                  title: true,
                  cell: (row) => (
                    <Link to="/roles/$id" params={{ id: row.id }}>
                      {row.name}
                    </Link>
                  ),
                },
                { id: 'owner', header: 'Owner', cell: (row) => row.ownerName ?? <Tag>nobody</Tag> },
                { id: 'risk', header: 'Risk', cell: (row) => row.risk },
                {
                  id: 'privileged',
                  header: 'Privileged',
                  cell: (row) => (row.privileged ? <Tag>privileged</Tag> : ''),
                },
                { id: 'what', header: 'What for', cell: (row) => row.description ?? '' },
              ]}
            />
          )}
        </Loaded>
        {list.hasMore ? (
          <button type="button" onClick={list.more}>
            Show more
          </button>
        ) : null}
      </Section>
    </Page>
  );
};

const Awaiting = () => {
  const list = useRows(awaitingList());
  if (list.rows.length === 0) return null;
  return (
    <Section title="Waiting for approval">
      <PlainTable
        label="Waiting for approval"
        rows={list.rows}
        rowId={(row) => row.id}
        empty="Nothing waits."
        columns={[
          {
            id: 'role',
            header: 'Role',
            title: true,
            cell: (row) => (
              <Link to="/role-versions/$id" params={{ id: row.id }}>
                {`${row.roleName}, version ${String(row.number)}`}
              </Link>
            ),
          },
          { id: 'by', header: 'Drafted by', cell: (row) => row.madeByName },
          { id: 'why', header: 'Why', cell: (row) => row.reason },
        ]}
      />
    </Section>
  );
};

const NewRole = () => {
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const make = useAct({
    run: () => createRole(name.trim()),
    stales: ['roles'],
    done: (made) => `Role ${made.name} is made of nothing yet`,
    after: (made) => void navigate({ to: '/roles/$id', params: { id: made.id } }),
  });
  return (
    <Group align="end">
      <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <Button disabled={name.trim() === ''} loading={make.isPending} onClick={() => make.mutate(undefined)}>
        Make role
      </Button>
    </Group>
  );
};
