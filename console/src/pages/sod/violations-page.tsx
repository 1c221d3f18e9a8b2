import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { sodViolationList } from '../../api/guard.ts';
import { useRows } from '../../api/pages.ts';
import type { SodViolation } from '../../api/shapes/guard.ts';
import { Page } from '../../ui/page.tsx';
import { RiskBadge, StateBadge } from '../../ui/show/badges.tsx';
import { Facts, Path } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';

const facets = { state: { label: 'State', values: ['open', 'excepted', 'resolved'] } };
const used = (row: SodViolation) =>
  row.bothUsed === null ? <span className="dim">unknown</span> : row.bothUsed ? <strong>both used</strong> : 'no';

const columns: readonly Column<SodViolation>[] = [
  {
    id: 'who',
    header: 'Who',
    width: '18%',
    title: true,
    cell: (row) => (
      <Link to="/identities/$id" params={{ id: row.identity.id }}>
        {row.identity.name}
      </Link>
    ),
  },
  { id: 'rule', header: 'Rule', cell: (row) => row.rule.name },
  { id: 'severity', header: 'Severity', width: '6.5rem', cell: (row) => <RiskBadge risk={row.severity} /> },
  { id: 'left', minor: true, header: 'Has', width: '17%', cell: (row) => row.left.at(-1) },
  { id: 'right', minor: true, header: 'and has', width: '17%', cell: (row) => row.right.at(-1) },
  { id: 'used', minor: true, header: 'Exercised', width: '7rem', cell: used },
  {
    id: 'state',
    header: 'State',
    width: '7rem',
    cell: (row) => (
      <StateBadge tone={row.state === 'open' ? 'bad' : row.state === 'excepted' ? 'wait' : 'quiet'}>
        {row.state}
      </StateBadge>
    ),
  },
  { id: 'since', header: 'Since', width: '7rem', cell: (row) => <TimeAgo at={row.since} /> },
];

const Detail = ({ violation }: { readonly violation: SodViolation }) => (
  <div className="stack">
    <Facts
      of={[
        [
          'Who',
          <Link key="who" to="/identities/$id" params={{ id: violation.identity.id }}>
            {violation.identity.name}
          </Link>,
        ],
        ['Rule', violation.rule.name],
        ['Severity', <RiskBadge key="severity" risk={violation.severity} />],
        ['Both used', used(violation)],
        ['Since', <TimeAgo key="since" at={violation.since} />],
      ]}
    />
    <section>
      <h3>One side</h3>
      <Path of={violation.left} />
    </section>
    <section>
      <h3>The other side</h3>
      <Path of={violation.right} />
    </section>
    <p className="dim small">
      Ending either side resolves it. Which grants to end, and why they are there, is on the identity’s page.
    </p>
  </div>
);

export const ViolationsPage = () => {
  const navigate = useNavigate();
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(sodViolationList({ state: filters['state'], search: words === '' ? undefined : words }));
  return (
    <Page
      fill
      title="Separation of duties"
      lead="Who holds both sides of something one person must not do alone."
      actions={
        <Button variant="default" onClick={() => void navigate({ to: '/sod/rules' })}>
          Rules
        </Button>
      }
    >
      <ListView
        label="Violations"
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => `${row.identity.name}: ${row.rule.name}`}
        facets={facets}
        search={search}
        onSearch={setSearch}
        detail={(row) => <Detail violation={row} />}
        onPage={(row) => void navigate({ to: '/identities/$id', params: { id: row.identity.id } })}
        empty={{ title: 'No violation', text: 'Nobody holds both sides of any rule.' }}
        cli="reeve sod violations"
      />
    </Page>
  );
};
