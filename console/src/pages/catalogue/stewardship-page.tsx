import { Link, useNavigate } from '@tanstack/react-router';
import { stewardshipList, type Waiting } from '../../api/catalogue.ts';
import { useRows } from '../../api/pages.ts';
import { Tag } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { reasonWords } from './catalogue-words.ts';
import { CatalogueView } from './views.tsx';

const facets = {
  system: { label: 'System' },
  reason: { label: 'Reason', values: Object.keys(reasonWords) },
  whose: { label: 'Whose', values: ['mine'] },
};
const reasons = (row: Waiting) => (
  <span className="row">
    {row.reasons.map((reason) => (
      <Tag key={reason}>{reasonWords[reason]}</Tag>
    ))}
  </span>
);
const columns: readonly Column<Waiting>[] = [
  {
    id: 'name',
    header: 'Entitlement',
    title: true,
    width: '24%',
    cell: (row) => (
      <Link to="/catalogue/$id" params={{ id: row.id }}>
        {row.name}
      </Link>
    ),
  },
  { id: 'system', header: 'System', width: '12%', cell: (row) => row.systemName },
  { id: 'reasons', header: 'Because', width: '28%', cell: reasons },
  {
    id: 'owner',
    minor: true,
    header: 'Owner',
    width: '14%',
    cell: (row) => row.ownerName ?? <span className="dim">none</span>,
  },
  {
    id: 'note',
    minor: true,
    header: 'Note',
    cell: (row) =>
      row.goneSince !== null ? (
        <span>
          gone since <TimeAgo at={row.goneSince} />, named by {row.namedBy.join(', ')}
        </span>
      ) : row.suggestion === null ? null : (
        <span className="dim">suggested: {row.suggestion}</span>
      ),
  },
];

/** What lacks an owner or a description, was not looked at for a year, or went at its source while something names it. */
export const StewardshipPage = () => {
  const navigate = useNavigate();
  const [search, setSearch] = useListSearch();
  const { filters } = parseTokens(search.q ?? '', facets);
  const list = useRows(
    stewardshipList({
      system: filters['system'],
      reason: filters['reason'],
      mine: filters['whose'] === 'mine' ? true : undefined,
    }),
  );
  return (
    <CatalogueView
      at="/catalogue/stewardship"
      lead="What somebody has to say something of. Without an owner and a description nothing can be asked for."
    >
      <ListView
        label="To be seen to"
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        facets={facets}
        search={search}
        onSearch={setSearch}
        onPage={(row) => void navigate({ to: '/catalogue/$id', params: { id: row.id } })}
        detail={(row) => (
          <Facts
            of={[
              ['System', row.systemName],
              ['Kind', row.kind],
              ['Native id', row.nativeId],
              ['Because', reasons(row)],
              ['Suggested description', row.suggestion ?? undefined],
              ['Gone since', row.goneSince === null ? undefined : <TimeAgo key="gone" at={row.goneSince} />],
              ['Still named by', row.namedBy.length === 0 ? undefined : row.namedBy.join(', ')],
              ['Was called', row.renamedFrom ?? undefined],
            ]}
          />
        )}
        empty={{
          title: 'Nothing waits',
          text: 'Every entitlement has an owner and a description that somebody stands by.',
        }}
        cli="reeve catalogue stewardship"
      />
    </CatalogueView>
  );
};
