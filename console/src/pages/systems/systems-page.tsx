import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useRows } from '../../api/pages.ts';
import { systemList } from '../../api/people.ts';
import type { System } from '../../api/shapes/people.ts';
import { Page } from '../../ui/page.tsx';
import { StateBadge, Tag } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';

const facets = { kind: { label: 'Kind' } };
const address = (row: System): string =>
  row.host === null ? '' : row.port === null ? row.host : `${row.host}:${String(row.port)}`;
const reading = (row: System) =>
  row.lastReadOk === null ? (
    <span className="dim">never read</span>
  ) : (
    <StateBadge tone={row.lastReadOk ? 'good' : 'bad'}>{row.lastReadOk ? 'read' : 'not read'}</StateBadge>
  );

const columns: readonly Column<System>[] = [
  {
    id: 'name',
    header: 'System',
    title: true,
    cell: (row) => (
      <Link to="/accounts" search={{ q: `system:${row.name}` }}>
        {row.name}
      </Link>
    ),
  },
  { id: 'kind', header: 'Kind', width: '8rem', cell: (row) => <Tag>{row.kind}</Tag> },
  {
    id: 'address',
    minor: true,
    header: 'Address',
    width: '20%',
    cell: (row) => <span className="mono">{address(row)}</span>,
  },
  {
    id: 'owner',
    minor: true,
    header: 'Owner',
    width: '15%',
    cell: (row) => row.owner?.name ?? <span className="dim">none</span>,
  },
  { id: 'accounts', header: 'Accounts', width: '6rem', right: true, cell: (row) => row.accounts },
  { id: 'privileged', header: 'Privileged', width: '6rem', right: true, cell: (row) => row.privilegedAccounts },
  { id: 'state', header: 'Reading', width: '7rem', cell: reading },
  { id: 'read', minor: true, header: 'Last read', width: '7rem', cell: (row) => <TimeAgo at={row.lastReadAt} /> },
];

export const SystemsPage = () => {
  const navigate = useNavigate();
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(systemList({ kind: filters['kind'], search: words === '' ? undefined : words }));
  return (
    <Page
      fill
      title="Systems"
      lead="What Reeve reads and changes."
      actions={
        <Button variant="default" onClick={() => void navigate({ to: '/accounts', search: { q: 'privileged:yes' } })}>
          Privileged accounts
        </Button>
      }
    >
      <ListView
        label="Systems"
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        facets={facets}
        search={search}
        onSearch={setSearch}
        onPage={(row) => void navigate({ to: '/accounts', search: { q: `system:${row.name}` } })}
        detail={(row) => (
          <div className="stack">
            <Facts
              of={[
                ['Kind', row.kind],
                ['Address', address(row) || undefined],
                ['Owner', row.owner?.name],
                ['Accounts', `${String(row.accounts)}, ${String(row.privilegedAccounts)} privileged`],
                ['Reading', reading(row)],
                ['Last read', <TimeAgo key="read" at={row.lastReadAt} />],
                ['Note', row.lastReadNote ?? undefined],
              ]}
            />
            <Link to="/accounts" search={{ q: `system:${row.name}` }}>
              Its accounts
            </Link>
          </div>
        )}
        empty={{
          title: 'No system yet',
          text: 'Add a target and its connector reads the accounts it finds; nothing is changed by reading.',
        }}
        cli="reeve systems ls"
      />
    </Page>
  );
};
