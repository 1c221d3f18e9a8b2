import { eventList } from '../../api/audit.ts';
import { useRows } from '../../api/pages.ts';
import type { AuditEvent } from '../../api/shapes/platform.ts';
import { Page } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { CommandLine, Copyable } from '../../ui/show/copyable.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo, utc } from '../../ui/show/time-ago.tsx';
import type { Column } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { ProofCheck } from './proof-check.tsx';

const facets = {
  type: { label: 'Type' },
  actor: { label: 'Actor' },
  subject: { label: 'Subject' },
  outcome: { label: 'Outcome', values: ['allowed', 'refused'] },
  since: { label: 'Since' },
  until: { label: 'Until' },
};

const columns: readonly Column<AuditEvent>[] = [
  {
    id: 'seq',
    header: 'No.',
    width: '5.5rem',
    right: true,
    cell: (row) => row.seq?.toLocaleString('en') ?? <span className="dim">new</span>,
  },
  { id: 'at', header: 'When', width: '8rem', cell: (row) => <TimeAgo at={row.at} /> },
  { id: 'type', header: 'What', width: '22%', title: true, cell: (row) => <span className="mono">{row.type}</span> },
  {
    id: 'actor',
    header: 'Who',
    width: '17%',
    cell: (row) => row.actor.name ?? <span className="dim">{row.actor.id}</span>,
  },
  {
    id: 'subject',
    minor: true,
    header: 'About',
    width: '17%',
    cell: (row) => row.subject?.name ?? <span className="dim">{row.resource === null ? '' : row.resource.type}</span>,
  },
  {
    id: 'outcome',
    header: 'Outcome',
    width: '7rem',
    cell: (row) => <StateBadge tone={row.outcome === 'refused' ? 'bad' : 'quiet'}>{row.outcome}</StateBadge>,
  },
  { id: 'via', minor: true, header: 'Through', width: '6rem', cell: (row) => row.via },
  { id: 'trace', minor: true, header: 'Trace', cell: (row) => <span className="mono dim">{row.trace ?? ''}</span> },
];

const Detail = ({ event }: { readonly event: AuditEvent }) => (
  <div className="stack">
    <Facts
      of={[
        ['When', `${utc(event.at)}`],
        ['Who', event.actor.name ?? `${event.actor.kind} ${event.actor.id}`],
        ['About', event.subject?.name],
        [
          'On',
          event.resource === null ? undefined : (
            <Copyable key="resource" text={`${event.resource.type} ${event.resource.id}`} />
          ),
        ],
        ['Outcome', event.outcome],
        ['Through', event.via],
        ['Trace', event.trace === null ? undefined : <Copyable key="trace" text={event.trace} label="the trace" />],
        ['Id', <Copyable key="id" text={event.id} label="the event's id" />],
      ]}
    />
    <section>
      <h3>Data</h3>
      <Facts
        of={Object.entries(event.data).map(
          ([name, value]) =>
            [
              name,
              <span key={name} className="mono">
                {typeof value === 'string' ? value : JSON.stringify(value)}
              </span>,
            ] as const,
        )}
      />
    </section>
    <ProofCheck event={event} />
    <section>
      <h3>The whole log, offline</h3>
      <CommandLine text="reeve audit verify" />
    </section>
  </div>
);

/** What happened, in order, each entry provable by itself. */
export const AuditPage = () => {
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(
    eventList({
      type: filters['type'],
      actor: filters['actor'],
      subject: filters['subject'],
      outcome: filters['outcome'],
      since: filters['since'],
      until: filters['until'],
      search: words === '' ? undefined : words,
    }),
  );
  return (
    <Page
      fill
      title="Audit"
      lead="Everything that was decided and done. No entry can be changed without the proof failing."
    >
      <ListView
        label="Events"
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => `${row.type}${row.seq === null ? '' : `, entry ${String(row.seq)}`}`}
        facets={facets}
        search={search}
        onSearch={setSearch}
        detail={(row) => <Detail key={row.id} event={row} />}
        empty={{ title: 'The log is empty', text: 'The first sign-in writes the first entry.' }}
        cli={`reeve audit search${filters['type'] === undefined ? '' : ` '${filters['type']}'`}${filters['since'] === undefined ? '' : ` --since ${filters['since']}`}`}
      />
    </Page>
  );
};
