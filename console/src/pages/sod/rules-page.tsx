import { Link } from '@tanstack/react-router';
import { sodRuleList } from '../../api/guard.ts';
import { useRows } from '../../api/pages.ts';
import type { SodRule } from '../../api/shapes/guard.ts';
import { Page } from '../../ui/page.tsx';
import { RiskBadge, StateBadge } from '../../ui/show/badges.tsx';
import type { Column } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { useListSearch } from '../../ui/table/use-list-search.ts';

const columns: readonly Column<SodRule>[] = [
  { id: 'name', header: 'Rule', title: true, cell: (row) => row.name },
  { id: 'severity', header: 'Severity', width: '6.5rem', cell: (row) => <RiskBadge risk={row.severity} /> },
  { id: 'left', minor: true, header: 'One side', width: '22%', cell: (row) => row.left.name },
  { id: 'right', minor: true, header: 'The other', width: '22%', cell: (row) => row.right.name },
  { id: 'violations', header: 'Violations', width: '6rem', right: true, cell: (row) => row.violations },
  {
    id: 'enabled',
    header: 'State',
    width: '7rem',
    cell: (row) => <StateBadge tone={row.enabled ? 'good' : 'quiet'}>{row.enabled ? 'enforced' : 'off'}</StateBadge>,
  },
];

const Side = ({ title, side }: { readonly title: string; readonly side: SodRule['left'] }) => (
  <section>
    <h3>
      {title}: {side.name}
    </h3>
    <ul>
      {side.entitlements.map(({ id, name }) => (
        <li key={id}>{name}</li>
      ))}
    </ul>
  </section>
);

export const RulesPage = () => {
  const [search, setSearch] = useListSearch();
  const list = useRows(sodRuleList());
  return (
    <Page
      fill
      title="Rules"
      crumbs={<Link to="/sod">Separation of duties</Link>}
      lead="Checked at every request, import, activation and session start, always with the same verdict."
    >
      <ListView
        label="Rules"
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        facets={{}}
        search={search}
        onSearch={setSearch}
        detail={(row) => (
          <div className="stack">
            <p>{row.description}</p>
            <Side title="One side" side={row.left} />
            <Side title="The other" side={row.right} />
          </div>
        )}
        empty={{
          title: 'No rule yet',
          text: 'A rule names two sides no one person may hold together, for instance creating a vendor and paying it.',
        }}
        cli="reeve sod rules"
      />
    </Page>
  );
};
