import { eventList } from '../../api/audit.ts';
import { useRows } from '../../api/pages.ts';
import type { AuditEvent } from '../../api/shapes/platform.ts';
import { Page } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { IdentityName } from '../identities/identity-name.tsx';
import { EventDetail } from './event-detail.tsx';

const facets = {
  type: { label: 'Type' },
  actor: { label: 'Actor' },
  subject: { label: 'Subject' },
  since: { label: 'Since' },
  until: { label: 'Until' },
};

/** `2026-03-31` is the start of that day, in UTC as everything in evidence. */
const instant = (text: string | undefined): string | undefined => {
  const at = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
};
const said = (event: AuditEvent): string =>
  Object.entries(event.data)
    .filter(([, value]) => typeof value !== 'object')
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');

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
    width: '11rem',
    cell: (row) =>
      row.actor.kind === 'identity' ? (
        <IdentityName id={row.actor.id} />
      ) : (
        <span className="dim">{row.actor.kind === 'component' ? row.actor.id : row.actor.kind}</span>
      ),
  },
  {
    id: 'said',
    minor: true,
    header: 'Data',
    cell: (row) => (
      <span className="dim" title={said(row)}>
        {said(row)}
      </span>
    ),
  },
  { id: 'via', header: 'Through', width: '6rem', cell: (row) => row.via },
];

/** What happened, newest first, each entry provable by itself. */
export const AuditPage = () => {
  const [search, setSearch] = useListSearch();
  const { filters } = parseTokens(search.q ?? '', facets);
  const list = useRows(
    eventList({
      type: filters['type'],
      actor: filters['actor'],
      subject: filters['subject'],
      since: instant(filters['since']),
      until: instant(filters['until']),
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
        detail={(row) => <EventDetail key={row.id} event={row} />}
        empty={{ title: 'The log is empty', text: 'The first sign-in writes the first entry.' }}
        cli={`reeve audit ls${Object.entries(filters)
          .map(([key, value]) => ` --${key} ${value}`)
          .join('')}`}
      />
    </Page>
  );
};
