import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { requestList, withdrawRequest } from '../../api/requests.ts';
import type { AccessRequest } from '../../api/shapes/requests.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Page } from '../../ui/page.tsx';
import { RiskBadge, StateBadge } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { askForMore, isExtensible, useExtend } from './line-actions.tsx';
import { forHowLong, isToCome, requestTone, whatOf } from './request-words.ts';

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
  const extend = useExtend();
  const withdraw = useAct({
    run: (chosen: readonly AccessRequest[]) => Promise.all(chosen.map(({ id }) => withdrawRequest(id))),
    stales: ['requests', 'approvals'],
    done: (_, chosen) => (chosen.length === 1 ? 'Withdrawn' : `${String(chosen.length)} withdrawn`),
  });
  const commands: readonly Command<AccessRequest>[] = [
    {
      id: 'extend',
      label: 'More time…',
      keys: 'e',
      when: (row) => row.beneficiary.id === me.id && row.lines.some(isExtensible),
      run: ([row]) => {
        const line = row?.lines.find(isExtensible);
        if (line !== undefined) void askForMore(line, extend);
      },
    },
    {
      id: 'withdraw',
      label: 'Withdraw…',
      keys: 'r',
      danger: true,
      bulk: true,
      when: (row) => (row.requester.id === me.id || row.beneficiary.id === me.id) && row.lines.some(isToCome),
      run: (chosen) =>
        void confirm({
          title:
            chosen.length === 1
              ? `Withdraw ${chosen[0]?.number ?? ''}?`
              : `Withdraw ${String(chosen.length)} requests?`,
          text: 'Approvers no longer see what waits, and what was approved for later does not begin.',
          action: 'Withdraw',
          danger: true,
        }).then((answer) => (answer === undefined ? undefined : withdraw.mutate(chosen))),
    },
  ];
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
        commands={commands}
        selectable
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
