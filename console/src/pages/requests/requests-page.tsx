import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { requestList } from '../../api/requests.ts';
import type { AccessRequest } from '../../api/shapes/requests.ts';
import { Page } from '../../ui/page.tsx';
import { RiskBadge, StateBadge } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { forHowLong, requestTone, whatOf } from './request-words.ts';

const facets = {
  state: { label: 'State', values: ['pending', 'approved', 'denied', 'withdrawn', 'expired'] },
  whose: { label: 'Whose', values: ['mine', 'all'] },
};
const waitsFor = (row: AccessRequest): string | undefined =>
  row.steps
    .find((step) => step.state === 'open')
    ?.approvers.map(({ name }) => name)
    .join(', ');

const columns: readonly Column<AccessRequest>[] = [
  { id: 'number', header: 'No.', width: '6rem', cell: (row) => <span className="mono">{row.number}</span> },
  {
    id: 'what',
    header: 'What',
    title: true,
    cell: (row) => (
      <Link to="/requests/$id" params={{ id: row.id }}>
        {whatOf(row)}
      </Link>
    ),
  },
  { id: 'who', header: 'For', width: '16%', cell: (row) => row.beneficiary.name },
  {
    id: 'how-long',
    header: 'How long',
    width: '8rem',
    cell: (row) => (row.lines[0] === undefined ? '' : forHowLong(row.lines[0])),
  },
  { id: 'risk', header: 'Risk', width: '6.5rem', cell: (row) => <RiskBadge risk={row.risk} /> },
  {
    id: 'state',
    header: 'State',
    width: '8rem',
    cell: (row) => <StateBadge tone={requestTone[row.state]}>{row.state}</StateBadge>,
  },
  {
    id: 'waits',
    header: 'Waits for',
    width: '18%',
    cell: (row) => waitsFor(row) ?? <span className="dim">nobody</span>,
  },
  { id: 'at', header: 'Asked', width: '7rem', cell: (row) => <TimeAgo at={row.submittedAt} /> },
];

export const RequestsPage = () => {
  const me = useMe();
  const navigate = useNavigate();
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const scope = can(me, 'request.list_all') && filters['whose'] === 'all' ? 'all' : 'mine';
  const list = useRows(requestList({ scope, state: filters['state'] }));
  const rows =
    words === ''
      ? list.rows
      : list.rows.filter((row) =>
          `${row.number} ${whatOf(row)} ${row.beneficiary.name} ${row.reason}`
            .toLowerCase()
            .includes(words.toLowerCase()),
        );
  const ask = <Button onClick={() => void navigate({ to: '/request' })}>Request access</Button>;
  return (
    <Page
      fill
      title="Requests"
      lead={scope === 'mine' ? 'What you asked for and how far it is.' : 'What everybody asked for.'}
      actions={ask}
    >
      <ListView
        label="Requests"
        list={{ ...list, rows }}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => `${row.number}: ${whatOf(row)}`}
        facets={facets}
        search={search}
        onSearch={setSearch}
        onPage={(row) => void navigate({ to: '/requests/$id', params: { id: row.id } })}
        empty={{
          title: 'No requests yet',
          text: 'Ask for what your work needs, for as long as it needs it.',
          action: ask,
        }}
        cli={`reeve request ls --scope ${scope}`}
      />
    </Page>
  );
};
