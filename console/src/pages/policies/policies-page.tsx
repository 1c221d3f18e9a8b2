import { useRows } from '../../api/pages.ts';
import type { Policy } from '../../api/shapes/platform.ts';
import { policyList } from '../../api/settings.ts';
import { Page } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import type { Column } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { PolicyTry } from './policy-try.tsx';

const columns: readonly Column<Policy>[] = [
  { id: 'id', header: 'Policy', width: '28%', title: true, cell: (row) => <span className="mono">{row.id}</span> },
  {
    id: 'effect',
    header: 'Effect',
    width: '7rem',
    cell: (row) => (
      <StateBadge tone={row.effect === 'permit' ? 'good' : 'bad'}>
        {row.effect === 'permit' ? 'permits' : 'forbids'}
      </StateBadge>
    ),
  },
  { id: 'summary', header: 'What it says', cell: (row) => row.summary },
  { id: 'module', minor: true, header: 'Module', width: '9rem', cell: (row) => row.module },
  {
    id: 'shipped',
    minor: true,
    header: 'Origin',
    width: '8rem',
    cell: (row) => (row.shipped ? <span className="dim">shipped</span> : 'your own'),
  },
];

/** The rules that decide, as they stand; and a place to try a change before anybody feels it. */
export const PoliciesPage = () => {
  const [search, setSearch] = useListSearch();
  const list = useRows(policyList());
  const words = (search.q ?? '').toLowerCase();
  const rows =
    words === ''
      ? list.rows
      : list.rows.filter((row) => `${row.id} ${row.summary} ${row.text}`.toLowerCase().includes(words));
  return (
    <Page
      fill
      title="Policies"
      lead="Every decision names the policies that made it. A forbid wins over any permit; nothing said is no."
    >
      <ListView
        label="Policies"
        list={{ ...list, rows }}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.id}
        facets={{}}
        search={search}
        onSearch={setSearch}
        detail={(row) => <PolicyTry key={row.id} policy={row} />}
        empty={{ title: 'No policy', text: 'Without a policy everything is refused.' }}
        cli="reeve policy ls"
      />
    </Page>
  );
};
