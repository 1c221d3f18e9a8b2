import { Link } from '@tanstack/react-router';
import { useRows } from '../../api/pages.ts';
import { accountList, systemList } from '../../api/people.ts';
import type { Account } from '../../api/shapes/people.ts';
import { Page } from '../../ui/page.tsx';
import { Privileged, StateBadge } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { accountTone } from '../identities/identity-words.ts';

const owner = (row: Account) =>
  row.identity === null ? (
    <StateBadge tone="bad">nobody</StateBadge>
  ) : (
    <Link to="/identities/$id" params={{ id: row.identity.id }}>
      {row.identity.name}
    </Link>
  );

const columns: readonly Column<Account>[] = [
  {
    id: 'account',
    header: 'Account',
    width: '16%',
    title: true,
    cell: (row) => <span className="mono">{row.name}</span>,
  },
  { id: 'system', header: 'System', width: '14%', cell: (row) => row.system.name },
  { id: 'whose', header: 'Whose', width: '16%', cell: owner },
  {
    id: 'state',
    header: 'State',
    width: '7rem',
    cell: (row) => <StateBadge tone={accountTone[row.state]}>{row.state}</StateBadge>,
  },
  {
    id: 'privilege',
    header: 'Privilege',
    width: '7rem',
    cell: (row) =>
      row.privileged ? <Privileged because={row.privilegedBecause} /> : <span className="dim">none</span>,
  },
  {
    id: 'because',
    minor: true,
    header: 'Because',
    cell: (row) => <span title={row.privilegedBecause.join('\n')}>{row.privilegedBecause.join('; ')}</span>,
  },
  {
    id: 'used',
    minor: true,
    header: 'Last used',
    width: '8rem',
    cell: (row) => <TimeAgo at={row.lastUsedAt} never="unknown" />,
  },
  {
    id: 'vault',
    minor: true,
    header: 'In the vault',
    width: '7rem',
    cell: (row) => (row.secretId === null ? <span className="dim">no</span> : 'yes'),
  },
];

/** Every account on every system, with whose it is and why it counts as privileged. */
export const AccountsPage = () => {
  const [search, setSearch] = useListSearch();
  const systems = useRows(systemList());
  const facets = {
    system: { label: 'System', ...(systems.rows.length === 0 ? {} : { values: systems.rows.map(({ name }) => name) }) },
    privileged: { label: 'Privileged', values: ['yes', 'no'] },
    owner: { label: 'Owner', values: ['none'] },
    state: { label: 'State', values: ['active', 'locked', 'gone'] },
  };
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(
    accountList({
      systemId: systems.rows.find(({ name }) => name === filters['system'])?.id,
      privileged: filters['privileged'] === undefined ? undefined : filters['privileged'] === 'yes',
      orphan: filters['owner'] === 'none' ? true : undefined,
      state: filters['state'],
      search: words === '' ? undefined : words,
    }),
  );
  return (
    <Page
      fill
      title="Accounts"
      crumbs={<Link to="/systems">Systems</Link>}
      lead="Every account as last read, whose it is, and why it counts as privileged."
    >
      <ListView
        label="Accounts"
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => `${row.name}@${row.system.name}`}
        facets={facets}
        search={search}
        onSearch={setSearch}
        detail={(row) => (
          <div className="stack">
            <Facts
              of={[
                [
                  'Account',
                  <span key="name" className="mono">
                    {row.name}
                  </span>,
                ],
                [
                  'Id there',
                  <span key="native" className="mono">
                    {row.nativeId}
                  </span>,
                ],
                ['System', row.system.name],
                ['Whose', owner(row)],
                ['Kind', row.kind],
                [
                  'State',
                  <StateBadge key="state" tone={accountTone[row.state]}>
                    {row.state}
                  </StateBadge>,
                ],
                ['Last used', <TimeAgo key="used" at={row.lastUsedAt} never="the system does not say" />],
                [
                  'In the vault',
                  row.secretId === null ? (
                    'no'
                  ) : (
                    <Link key="vault" to="/vault" search={{ open: row.secretId }}>
                      yes
                    </Link>
                  ),
                ],
              ]}
            />
            {row.privileged ? (
              <section>
                <h3>Privileged because</h3>
                <ul>
                  {row.privilegedBecause.map((reason) => (
                    <li key={reason}>{reason}</li>
                  ))}
                </ul>
              </section>
            ) : null}
          </div>
        )}
        empty={{ title: 'No account read yet', text: 'Accounts appear once a connector has read a system.' }}
        cli={`reeve accounts ls${filters['privileged'] === 'yes' ? ' --privileged' : ''}`}
      />
    </Page>
  );
};
