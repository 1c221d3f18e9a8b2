import { Link } from '@tanstack/react-router';
import { findingList } from '../../api/guard.ts';
import { useRows } from '../../api/pages.ts';
import type { Finding } from '../../api/shapes/guard.ts';
import { Page } from '../../ui/page.tsx';
import { RiskBadge, StateBadge, Tag } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';

const facets = {
  kind: { label: 'Kind' },
  severity: { label: 'Severity', values: ['low', 'medium', 'high', 'critical'] },
  state: { label: 'State', values: ['open', 'accepted', 'resolved'] },
};
const subject = (row: Finding) =>
  row.subject.type === 'identity' ? (
    <Link to="/identities/$id" params={{ id: row.subject.id }}>
      {row.subject.name}
    </Link>
  ) : row.subject.type === 'account' ? (
    <Link to="/accounts" search={{ q: row.subject.name, open: row.subject.id }}>
      {row.subject.name}
    </Link>
  ) : (
    row.subject.name
  );

const columns: readonly Column<Finding>[] = [
  { id: 'severity', header: 'Severity', width: '6.5rem', cell: (row) => <RiskBadge risk={row.severity} /> },
  { id: 'kind', header: 'What', width: '13rem', cell: (row) => <Tag>{row.kind.replaceAll('_', ' ')}</Tag> },
  {
    id: 'subject',
    header: 'Where',
    width: '16%',
    title: true,
    cell: (row) => <span className="mono">{subject(row)}</span>,
  },
  { id: 'system', header: 'System', width: '10rem', cell: (row) => row.system?.name ?? '' },
  {
    id: 'because',
    minor: true,
    header: 'Because',
    cell: (row) => <span title={row.because.join('\n')}>{row.because.join('; ')}</span>,
  },
  {
    id: 'state',
    header: 'State',
    width: '7rem',
    cell: (row) => (
      <StateBadge tone={row.state === 'open' ? 'bad' : row.state === 'accepted' ? 'wait' : 'quiet'}>
        {row.state}
      </StateBadge>
    ),
  },
  { id: 'found', minor: true, header: 'Found', width: '7rem', cell: (row) => <TimeAgo at={row.foundAt} /> },
];

/** What discovery found that somebody should look at, each with its reasons. */
export const FindingsPage = () => {
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(
    findingList({
      kind: filters['kind'],
      severity: filters['severity'],
      state: filters['state'],
      search: words === '' ? undefined : words,
    }),
  );
  return (
    <Page
      fill
      title="Discovery"
      lead="Privileged, orphaned, stale: what was found on your systems that somebody should look at."
    >
      <ListView
        label="Findings"
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => `${row.kind.replaceAll('_', ' ')}: ${row.subject.name}`}
        facets={facets}
        search={search}
        onSearch={setSearch}
        detail={(row) => (
          <div className="stack">
            <Facts
              of={[
                ['What', row.kind.replaceAll('_', ' ')],
                ['Where', subject(row)],
                ['System', row.system?.name],
                ['Severity', <RiskBadge key="severity" risk={row.severity} />],
                ['Found', <TimeAgo key="found" at={row.foundAt} />],
              ]}
            />
            <section>
              <h3>Because</h3>
              <ul>
                {row.because.map((reason) => (
                  <li key={reason}>{reason}</li>
                ))}
              </ul>
            </section>
          </div>
        )}
        empty={{
          title: 'Nothing found',
          text: 'Discovery looks at every reading of a system. What it marks appears here.',
        }}
        cli="reeve findings ls"
      />
    </Page>
  );
};
