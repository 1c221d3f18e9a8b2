import { Link, useNavigate } from '@tanstack/react-router';
import { useRows } from '../../api/pages.ts';
import { identityList } from '../../api/people.ts';
import type { IdentityRow } from '../../api/shapes/people.ts';
import { Page } from '../../ui/page.tsx';
import { StateBadge, Tag } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import type { Column } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { identityTone } from './identity-words.ts';

const facets = {
  state: { label: 'State', values: ['pre_hire', 'active', 'leave', 'suspended', 'leaver'] },
  kind: { label: 'Kind', values: ['person', 'service', 'workload', 'vendor', 'agent'] },
  department: { label: 'Department' },
};
const columns: readonly Column<IdentityRow>[] = [
  {
    id: 'name',
    header: 'Name',
    title: true,
    width: '22%',
    cell: (row) => (
      <Link to="/identities/$id" params={{ id: row.id }}>
        {row.displayName}
      </Link>
    ),
  },
  {
    id: 'username',
    minor: true,
    header: 'User name',
    width: '12%',
    cell: (row) => <span className="mono">{row.username ?? ''}</span>,
  },
  {
    id: 'kind',
    minor: true,
    header: 'Kind',
    width: '6rem',
    cell: (row) => (row.kind === 'person' ? <span className="dim">person</span> : <Tag>{row.kind}</Tag>),
  },
  {
    id: 'state',
    header: 'State',
    width: '7rem',
    cell: (row) => <StateBadge tone={identityTone[row.state]}>{row.state}</StateBadge>,
  },
  { id: 'department', header: 'Department', width: '15%', cell: (row) => row.department ?? '' },
  { id: 'job', minor: true, header: 'Job', cell: (row) => row.jobTitle ?? '' },
  {
    id: 'manager',
    minor: true,
    header: 'Manager',
    width: '14%',
    cell: (row) => row.manager?.name ?? <span className="dim">none</span>,
  },
  { id: 'accounts', minor: true, header: 'Accounts', width: '5.5rem', right: true, cell: (row) => row.accounts },
  {
    id: 'privileged',
    header: 'Privileged',
    width: '5.5rem',
    right: true,
    cell: (row) =>
      row.privilegedAccounts === 0 ? <span className="dim">0</span> : <strong>{row.privilegedAccounts}</strong>,
  },
  { id: 'grants', minor: true, header: 'Grants', width: '5rem', right: true, cell: (row) => row.grants },
];

const Detail = ({ identity }: { readonly identity: IdentityRow }) => (
  <div className="stack">
    <Facts
      of={[
        [
          'State',
          <StateBadge key="state" tone={identityTone[identity.state]}>
            {identity.state}
          </StateBadge>,
        ],
        ['Kind', identity.kind],
        ['User name', identity.username ?? undefined],
        ['Mail', identity.email ?? undefined],
        ['Department', identity.department ?? undefined],
        ['Job', identity.jobTitle ?? undefined],
        [
          'Manager',
          identity.manager === null ? undefined : (
            <Link key="manager" to="/identities/$id" params={{ id: identity.manager.id }}>
              {identity.manager.name}
            </Link>
          ),
        ],
        ['Accounts', `${String(identity.accounts)}, ${String(identity.privilegedAccounts)} privileged`],
        ['Grants', identity.grants],
      ]}
    />
    <Link to="/identities/$id" params={{ id: identity.id }}>
      Everything about {identity.displayName}
    </Link>
  </div>
);

export const IdentitiesPage = () => {
  const navigate = useNavigate();
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(
    identityList({
      state: filters['state'],
      kind: filters['kind'],
      department: filters['department'],
      search: words === '' ? undefined : words,
    }),
  );
  return (
    <Page fill title="Identities" lead="People, services, workloads, vendors and agents that can hold access.">
      <ListView
        label="Identities"
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.displayName}
        facets={facets}
        search={search}
        onSearch={setSearch}
        detail={(row) => <Detail identity={row} />}
        onPage={(row) => void navigate({ to: '/identities/$id', params: { id: row.id } })}
        empty={{
          title: 'Nobody here yet',
          text: 'Identities come from a source, usually the export of the HR system. Reeve reads it and applies joiners, movers and leavers.',
        }}
        cli={`reeve identities ls${filters['state'] === undefined ? '' : ` --state ${filters['state']}`}${filters['kind'] === undefined ? '' : ` --kind ${filters['kind']}`}`}
      />
    </Page>
  );
};
