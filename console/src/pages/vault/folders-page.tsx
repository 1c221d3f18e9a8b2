import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { folderList, removeFolder } from '../../api/guard.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import type { SecretFolder } from '../../api/shapes/guard.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Page } from '../../ui/page.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { IdentityName } from '../identities/identity-name.tsx';
import { NewFolder } from './new-folder.tsx';

const columns: readonly Column<SecretFolder>[] = [
  { id: 'path', header: 'Folder', title: true, cell: (row) => <span className="mono">{row.path}</span> },
  { id: 'for', header: 'For', cell: (row) => row.description },
  { id: 'secrets', header: 'Secrets', width: '6rem', right: true, cell: (row) => row.secrets },
  { id: 'owner', header: 'Owner', width: '12rem', cell: (row) => <IdentityName id={row.ownerId} /> },
  { id: 'made', header: 'Made', width: '8rem', minor: true, cell: (row) => <TimeAgo at={row.createdAt} /> },
];

/** Folders that programs read secrets from: who may is access like any other. */
export const FoldersPage = () => {
  const me = useMe();
  const [search, setSearch] = useListSearch();
  const [making, setMaking] = useState(false);
  const list = useRows(folderList({ search: search.q }));
  const remove = useAct({ run: removeFolder, stales: ['secret-folders'], done: () => 'Folder removed' });
  const commands: readonly Command<SecretFolder>[] = [
    {
      id: 'remove',
      label: 'Remove…',
      when: (row) => row.secrets === 0 && can(me, 'secret_folder.remove'),
      run: ([row]) =>
        row === undefined
          ? undefined
          : void confirm({
              title: `Remove ${row.path}?`,
              text: 'Only a folder that nobody has access to any more can be removed.',
              action: 'Remove folder',
              danger: true,
            }).then((answer) => (answer === undefined ? undefined : remove.mutate(row.id))),
    },
  ];
  return (
    <Page
      fill
      title="Folders of secrets"
      lead="Where programs read their secrets. Who may read or write in one is asked for, approved and reviewed like any access."
      crumbs={<Link to="/vault">Vault</Link>}
      actions={
        can(me, 'secret_folder.create') ? <Button onClick={() => setMaking(true)}>New folder</Button> : undefined
      }
    >
      <ListView
        label="Folders of secrets"
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.path}
        facets={{}}
        search={search}
        onSearch={setSearch}
        commands={commands}
        detail={(row) => (
          <Facts
            of={[
              ['Reading', <Entitlement key="r" id={row.readEntitlementId} name={`Read secrets in ${row.path}`} />],
              ['Writing', <Entitlement key="w" id={row.writeEntitlementId} name={`Write secrets in ${row.path}`} />],
              ['Address', <span key="a" className="mono">{`/v1/secret/data/${row.path}/…`}</span>],
            ]}
          />
        )}
        empty={{
          title: 'No folders yet',
          text: 'Make one for each team or program, and let programs in by granting its entitlements.',
        }}
        cli="reeve vault folders ls"
      />
      <NewFolder opened={making} onClose={() => setMaking(false)} />
    </Page>
  );
};

const Entitlement = ({ id, name }: { readonly id: string; readonly name: string }) => (
  <Link to="/catalogue/$id" params={{ id }}>
    {name}
  </Link>
);
