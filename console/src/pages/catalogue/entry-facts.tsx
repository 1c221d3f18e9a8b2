import { Link } from '@tanstack/react-router';
import type { Entry } from '../../api/catalogue.ts';
import { Privileged, RiskBadge, Tag } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { knownWords } from './catalogue-words.ts';

/** Tags and what it is regulated by, or a word that there is none. */
export const Labels = ({ of }: { readonly of: readonly string[] }) =>
  of.length === 0 ? (
    <span className="dim">none</span>
  ) : (
    <span className="row">
      {of.map((label) => (
        <Tag key={label}>{label}</Tag>
      ))}
    </span>
  );

/** When it was last used, and how that is known; where nothing tells it is unknown and never unused. */
export const LastUse = ({ of }: { readonly of: Pick<Entry, 'lastUsedAt' | 'useKnown'> }) => (
  <span>
    {of.lastUsedAt === null ? of.useKnown === 'never' ? 'never' : 'unknown' : <TimeAgo at={of.lastUsedAt} />}{' '}
    <span className="dim small">({knownWords[of.useKnown]})</span>
  </span>
);

/** An entry as the panel beside the list shows it. */
export const EntryFacts = ({ entry }: { readonly entry: Entry }) => (
  <div className="stack">
    <p>{entry.description ?? <span className="dim">Nobody has said what it is for.</span>}</p>
    <Facts
      of={[
        ['System', entry.systemName],
        ['Kind', entry.kind.replaceAll('_', ' ')],
        [
          'Native id',
          <span key="id" className="mono">
            {entry.nativeId}
          </span>,
        ],
        ['Owner', entry.ownerName ?? 'none'],
        [
          'Risk',
          <span key="risk" className="row">
            <RiskBadge risk={entry.risk} />
            {entry.privileged ? <Privileged /> : null}
          </span>,
        ],
        ['Data class', entry.dataClass ?? 'nobody has said'],
        ['Regulated by', <Labels key="regulated" of={entry.regulated} />],
        ['Tags', <Labels key="tags" of={entry.tags} />],
        ['Requestable', entry.requestable ? 'yes' : 'no'],
        ['Accounts that have it', entry.countedAt === null ? 'not counted yet' : String(entry.holders)],
        ['Counted', entry.countedAt === null ? undefined : <TimeAgo key="counted" at={entry.countedAt} />],
        ['Last used', <LastUse key="used" of={entry} />],
        ['Renamed', entry.renamedAt === null ? undefined : <TimeAgo key="renamed" at={entry.renamedAt} />],
      ]}
    />
    <Link to="/catalogue/$id" params={{ id: entry.id }}>
      Who has it, what names it, and what was said when
    </Link>
  </div>
);
