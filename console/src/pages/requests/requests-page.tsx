import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { requestList } from '../../api/requests.ts';
import type { AccessRequest } from '../../api/shapes/requests.ts';
import { Page } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { forHowLong, requestTone } from './request-words.ts';

const facets = {
  state: { label: 'State', values: ['pending', 'approved', 'fulfilled', 'denied', 'withdrawn', 'expired', 'failed'] },
  who: { label: 'Whose', values: ['me', 'all'] },
};
const columns: readonly Column<AccessRequest>[] = [
  {
    id: 'what',
    header: 'What',
    title: true,
    cell: (row) => (
      <Link to="/requests/$id" params={{ id: row.id }}>
        {row.lines.map(({ entitlement }) => entitlement.name).join(', ')}
      </Link>
    ),
  },
  { id: 'who', header: 'For', width: '16%', cell: (row) => row.identity.name },
  { id: 'how-long', header: 'How long', width: '8rem', cell: (row) => forHowLong(row.lines[0]?.seconds ?? null) },
  {
    id: 'state',
    header: 'State',
    width: '8rem',
    cell: (row) => <StateBadge tone={requestTone[row.state]}>{row.state}</StateBadge>,
  },
  {
    id: 'waits',
    header: 'Waits for',
    width: '20%',
    cell: (row) =>
      row.steps
        .find((step) => step.state === 'open')
        ?.approvers.map(({ name }) => name)
        .join(', ') ?? <span className="dim">nobody</span>,
  },
  { id: 'at', header: 'Asked', width: '7rem', cell: (row) => <TimeAgo at={row.submittedAt} /> },
];

export const RequestsPage = () => {
  const me = useMe();
  const navigate = useNavigate();
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const mine = !can(me, 'request.list_all') || filters['who'] !== 'all';
  const list = useRows(requestList({ mine, state: filters['state'], search: words === '' ? undefined : words }));
  return (
    <Page
      fill
      title="Requests"
      lead={mine ? 'What you asked for and how far it is.' : 'What everybody asked for.'}
      actions={<Button onClick={() => void navigate({ to: '/request' })}>Request access</Button>}
    >
      <ListView
        label="Requests"
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.lines.map(({ entitlement }) => entitlement.name).join(', ')}
        facets={facets}
        search={search}
        onSearch={setSearch}
        onPage={(row) => void navigate({ to: '/requests/$id', params: { id: row.id } })}
        empty={{
          title: 'No requests yet',
          text: 'Ask for what your work needs, for as long as it needs it.',
          action: <Button onClick={() => void navigate({ to: '/request' })}>Request access</Button>,
        }}
        cli={mine ? 'reeve request ls --mine' : 'reeve request ls --all'}
      />
    </Page>
  );
};
