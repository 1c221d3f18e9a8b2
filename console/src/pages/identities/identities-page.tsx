import { Link, useNavigate } from '@tanstack/react-router';
import { useRows } from '../../api/pages.ts';
import { identityList } from '../../api/people.ts';
import type { IdentityRow } from '../../api/shapes/people.ts';
import { Page } from '../../ui/page.tsx';
import { StateBadge, Tag } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { stateTone } from './identity-words.ts';

const facets = {
  state: { label: 'State', values: ['pre_hire', 'active', 'leave', 'suspended', 'leaver'] },
  kind: { label: 'Kind', values: ['person', 'service', 'workload', 'vendor', 'agent'] },
  department: { label: 'Department' },
};
const manager = (row: IdentityRow) =>
  row.managerId === null ? (
    <span className="dim">none</span>
  ) : (
    <Link to="/identities/$id" params={{ id: row.managerId }}>
      {row.managerName ?? row.managerId}
    </Link>
  );
const state = (row: IdentityRow) => (
  <StateBadge tone={stateTone(row.state)}>{row.mergedInto === null ? row.state : 'merged'}</StateBadge>
);

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
    width: '14%',
    cell: (row) => <span className="mono">{row.username ?? ''}</span>,
  },
  {
    id: 'kind',
    minor: true,
    header: 'Kind',
    width: '7rem',
    cell: (row) => (row.kind === 'person' ? <span className="dim">person</span> : <Tag>{row.kind}</Tag>),
  },
  { id: 'state', header: 'State', width: '7rem', cell: state },
  { id: 'department', header: 'Department', width: '16%', cell: (row) => row.department ?? '' },
  { id: 'job', minor: true, header: 'Job', cell: (row) => row.jobTitle ?? '' },
  { id: 'manager', minor: true, header: 'Manager', width: '15%', cell: manager },
  { id: 'email', hidden: true, header: 'Mail', width: '16%', cell: (row) => row.email ?? '' },
];

const Detail = ({ identity }: { readonly identity: IdentityRow }) => (
  <div className="stack">
    <Facts
      of={[
        ['State', state(identity)],
        [
          'Is now',
          identity.mergedInto === null ? undefined : (
            <Link key="now" to="/identities/$id" params={{ id: identity.mergedInto.identityId }}>
              {identity.mergedInto.displayName}
            </Link>
          ),
        ],
        ['Kind', identity.kind],
        ['User name', identity.username ?? undefined],
        ['Mail', identity.email ?? undefined],
        ['Department', identity.department ?? undefined],
        ['Job', identity.jobTitle ?? undefined],
        ['Manager', identity.managerId === null ? undefined : manager(identity)],
        ['As now since', <TimeAgo key="since" at={identity.validFrom} />],
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
  const list = useRows(identityList({ ...filters, search: words === '' ? undefined : words }));
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
        cli={`reeve identities ls${Object.entries(filters)
          .map(([key, value]) => ` --${key} ${value}`)
          .join('')}`}
      />
    </Page>
  );
};
