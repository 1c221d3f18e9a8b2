import { Link } from '@tanstack/react-router';
import { checkInSecret } from '../../api/guard.ts';
import { useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import type { SecretOut } from '../../api/shapes/vault.ts';
import { outList } from '../../api/vault.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Page } from '../../ui/page.tsx';
import { Countdown, TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { IdentityName } from '../identities/identity-name.tsx';

const columns: readonly Column<SecretOut>[] = [
  { id: 'secret', header: 'Secret', title: true, cell: (row) => <span className="mono">{row.secretName}</span> },
  { id: 'who', header: 'With', width: '12rem', cell: (row) => <IdentityName id={row.identityId} /> },
  { id: 'left', header: 'Time left', width: '8rem', cell: (row) => <Countdown to={row.endsAt} /> },
  { id: 'why', header: 'Reason', cell: (row) => [row.reason, row.ticket].filter((said) => said !== null).join(', ') },
  { id: 'since', header: 'Since', width: '8rem', minor: true, cell: (row) => <TimeAgo at={row.startedAt} /> },
  {
    id: 'second',
    header: 'Second person',
    width: '12rem',
    minor: true,
    cell: (row) => (row.approvedBy === null ? null : <IdentityName id={row.approvedBy} />),
  },
];

/** What is out of the vault now, and for how long still. */
export const OutPage = () => {
  const me = useMe();
  const [search, setSearch] = useListSearch();
  const giveBack = useAct({ run: checkInSecret, stales: ['secrets', 'checkouts'], done: () => 'Returned' });
  const commands: readonly Command<SecretOut>[] = [
    {
      id: 'return',
      label: 'Return',
      keys: 'u',
      primary: true,
      when: (row) => row.identityId === me.id,
      run: ([row]) => (row === undefined ? undefined : giveBack.mutate(row.id)),
    },
  ];
  return (
    <Page
      fill
      title="Checked out"
      lead="Secrets that somebody has now. Each comes back by itself when its time or the access it rests on ends."
      crumbs={<Link to="/vault">Vault</Link>}
    >
      <ListView
        label="Checked out"
        list={useRows(outList())}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.secretName}
        facets={{}}
        search={search}
        onSearch={setSearch}
        commands={commands}
        empty={{ title: 'Everything is in the vault', text: 'What is checked out stands here until it is back.' }}
        cli="reeve vault checkouts"
      />
    </Page>
  );
};
