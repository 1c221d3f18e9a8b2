import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import type { Lease } from '../../api/shapes/timed-access.ts';
import { endLease, leaseList, myLeaseList } from '../../api/timed-access.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Page } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { Countdown, TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { useListSearch } from '../../ui/table/use-list-search.ts';

const stateOf = (row: Lease): { readonly tone: 'good' | 'quiet' | 'wait' | 'bad'; readonly word: string } => {
  if (row.overdue) return { tone: 'bad', word: 'overdue' };
  if (row.state === 'live') return { tone: 'good', word: 'live' };
  return { tone: row.state === 'ended' ? 'quiet' : 'wait', word: row.state };
};

const columns: readonly Column<Lease>[] = [
  {
    id: 'state',
    header: 'State',
    width: '6.5rem',
    cell: (row) => <StateBadge tone={stateOf(row).tone}>{stateOf(row).word}</StateBadge>,
  },
  { id: 'who', header: 'Who', width: '16%', title: true, cell: (row) => row.identityName },
  { id: 'system', header: 'System', width: '14%', cell: (row) => row.systemName },
  { id: 'user', header: 'User', cell: (row) => <span className="mono">{row.account}</span> },
  {
    id: 'left',
    header: 'Left',
    width: '8rem',
    right: true,
    cell: (row) => (row.state === 'live' || row.state === 'asked' ? <Countdown to={row.endsAt} /> : ''),
  },
  { id: 'asked', minor: true, header: 'Asked', width: '8rem', cell: (row) => <TimeAgo at={row.askedAt} /> },
  {
    id: 'because',
    minor: true,
    header: 'Ended because',
    width: '22%',
    cell: (row) => row.problem ?? row.endingBecause ?? '',
  },
];

/** Database users that are there for a time: how long each has left, and ending one. */
export const LeasesPage = () => {
  const me = useMe();
  const all = can(me, 'lease.list');
  const [search, setSearch] = useListSearch();
  const list = useRows(all ? leaseList() : myLeaseList());
  const words = (search.q ?? '').toLowerCase();
  const rows = list.rows.filter((row) =>
    `${row.identityName} ${row.systemName} ${row.account} ${row.templateName}`.toLowerCase().includes(words),
  );
  const end = useAct({ run: endLease, stales: ['leases'], done: () => 'The user is being dropped' });
  const commands: readonly Command<Lease>[] = [
    {
      id: 'end',
      label: 'End now…',
      keys: 'r',
      danger: true,
      when: (row) => row.state === 'live' || row.state === 'asked',
      run: ([row]) =>
        row === undefined
          ? undefined
          : void confirm({
              title: `End ${row.identityName}’s user on ${row.systemName}?`,
              text: 'Its sessions are cut, what it owns is handed over, and the user is dropped.',
              action: 'End now',
              danger: true,
            }).then((answer) => (answer === undefined ? undefined : end.mutate(row.id))),
    },
  ];
  return (
    <Page fill title="Leases" lead="Database users that are there for a time, and gone with the access they rest on.">
      <ListView
        label="Leases"
        list={{ ...list, rows }}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => `${row.identityName} on ${row.systemName}`}
        facets={{}}
        search={search}
        onSearch={setSearch}
        commands={commands}
        detail={(row) => (
          <Facts
            of={[
              ['Template', row.templateName],
              [
                'User',
                <span key="u" className="mono">
                  {row.account}
                </span>,
              ],
              ['Password shown', <TimeAgo key="t" at={row.takenAt} />],
              ['Renewed until at most', <TimeAgo key="l" at={row.latestAt} />],
              ['Gone from the system', <TimeAgo key="e" at={row.endedAt} never="not yet" />],
              ['Problem', row.problem ?? 'none'],
            ]}
          />
        )}
        empty={{
          title: 'No database users for a time',
          text: 'Whoever has a lease among their access gets one: reeve lease get TEMPLATE --reason …',
        }}
        cli={all ? 'reeve lease ls-all' : 'reeve lease ls'}
      />
    </Page>
  );
};
