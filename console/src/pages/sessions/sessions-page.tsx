import { Link, useNavigate } from '@tanstack/react-router';
import { sessionList } from '../../api/guard.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import type { Session } from '../../api/shapes/guard.ts';
import { Page } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { TimeAgo, duration, useNow } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { sessionSeconds, useEndSessions } from './end-session.ts';
import { HeldCommands } from './held-commands.tsx';
import { SessionFacts } from './session-facts.tsx';

const facets = {
  state: { label: 'State', values: ['live', 'ended'] },
  identityId: { label: 'Identity' },
  systemId: { label: 'System' },
};

const Length = ({ session }: { readonly session: Session }) => <>{duration(sessionSeconds(session, useNow(1)))}</>;

const columns: readonly Column<Session>[] = [
  {
    id: 'state',
    header: 'State',
    width: '6rem',
    cell: (row) => <StateBadge tone={row.state === 'live' ? 'good' : 'quiet'}>{row.state}</StateBadge>,
  },
  { id: 'who', header: 'Who', width: '14%', title: true, cell: (row) => row.identityName },
  {
    id: 'target',
    header: 'Target',
    cell: (row) => (
      <Link to="/sessions/$id" params={{ id: row.id }} className="mono">
        {row.accountName}@{row.systemName}
      </Link>
    ),
  },
  { id: 'protocol', minor: true, header: 'Protocol', width: '6rem', cell: (row) => row.protocol },
  { id: 'start', header: 'Started', width: '8rem', cell: (row) => <TimeAgo at={row.startedAt} /> },
  { id: 'length', header: 'Length', width: '8rem', right: true, cell: (row) => <Length session={row} /> },
  {
    id: 'recorded',
    minor: true,
    header: 'Recorded',
    width: '6rem',
    cell: (row) => (row.recorded ? 'yes' : <strong>no</strong>),
  },
  {
    id: 'ended',
    minor: true,
    header: 'Ended because',
    width: '18%',
    cell: (row) => <span title={row.endedBecause ?? ''}>{row.endedBecause ?? ''}</span>,
  },
];

/** Every session through the gateways, newest first, each with its recording. */
export const SessionsPage = () => {
  const me = useMe();
  const navigate = useNavigate();
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(sessionList(filters));
  const rows =
    words === ''
      ? list.rows
      : list.rows.filter((row) =>
          `${row.identityName} ${row.accountName}@${row.systemName}`.toLowerCase().includes(words.toLowerCase()),
        );
  const end = useEndSessions();
  const commands: readonly Command<Session>[] = [
    {
      id: 'replay',
      label: 'Replay',
      keys: 'e',
      primary: true,
      when: (row) => row.recorded,
      run: ([row]) => void (row === undefined ? undefined : navigate({ to: '/sessions/$id', params: { id: row.id } })),
    },
    {
      id: 'watch',
      label: 'Watch live',
      keys: 'w',
      when: (row) => row.state === 'live' && can(me, 'session.watch'),
      run: ([row]) =>
        void (row === undefined ? undefined : navigate({ to: '/sessions/$id/watch', params: { id: row.id } })),
    },
    {
      id: 'end',
      label: 'End now…',
      keys: 'r',
      danger: true,
      bulk: true,
      when: (row) => row.state === 'live' && can(me, 'session.end'),
      run: end,
    },
  ];
  return (
    <Page fill title="Sessions" lead="Who was where through Reeve, live and past.">
      <HeldCommands />
      <ListView
        label="Sessions"
        list={{ ...list, rows }}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => `${row.identityName} on ${row.accountName}@${row.systemName}`}
        facets={facets}
        search={search}
        onSearch={setSearch}
        commands={commands}
        selectable
        detail={(row) => <SessionFacts session={row} />}
        onPage={(row) => void navigate({ to: '/sessions/$id', params: { id: row.id } })}
        empty={{
          title: 'No session yet',
          text: (
            <>
              Connect with plain ssh through the gateway; <Link to="/access">My access</Link> has the line to paste.
            </>
          ),
        }}
        cli={`reeve sessions ls${filters['state'] === undefined ? '' : ` --state ${filters['state']}`}`}
      />
    </Page>
  );
};
