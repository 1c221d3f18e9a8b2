import type { EntryDetail } from '../../api/catalogue.ts';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo, duration } from '../../ui/show/time-ago.tsx';
import { Labels, LastUse } from './entry-facts.tsx';

/** Names of what has no page of its own here, or a word that there is none. */
export const Names = ({
  of,
  none,
}: {
  readonly of: readonly { readonly id: string; readonly name: string }[];
  readonly none: string;
}) => (of.length === 0 ? <span className="dim">{none}</span> : <span>{of.map(({ name }) => name).join(', ')}</span>);

/** What people and readings say of an entry. */
export const EntrySaid = ({ entry }: { readonly entry: EntryDetail }) => (
  <Facts
    of={[
      [
        'What it is for',
        entry.description ?? (
          <span key="d" className="dim">
            nobody has said{entry.suggestion === null ? '' : `; suggested: ${entry.suggestion}`}
          </span>
        ),
      ],
      ['Owner', entry.ownerName === null ? 'none' : `${entry.ownerName}${entry.ownerGone ? ', who has left' : ''}`],
      ['Stewards', <Names key="s" of={entry.stewards} none="none" />],
      ['Data class', entry.dataClass ?? 'nobody has said'],
      ['Regulated by', <Labels key="r" of={entry.regulated} />],
      ['Tags', <Labels key="t" of={entry.tags} />],
      [
        'Needs a licence of',
        entry.licence === null
          ? undefined
          : `${entry.licence}${entry.licenceCost === null ? '' : `, ${entry.licenceCost.toFixed(2)} ${entry.licenceCurrency ?? ''} a month`}`,
      ],
      ['Other names', entry.aliases.length === 0 ? undefined : entry.aliases.join(', ')],
      ['Requestable', entry.requestable ? 'yes' : 'no'],
      ['Longest duration', entry.maxSeconds === null ? undefined : duration(entry.maxSeconds)],
      [
        'Needed before',
        entry.prerequisites.length === 0
          ? 'nothing'
          : entry.prerequisites.map((p) => (p.value === null ? p.name : `${p.name}: ${p.value}`)).join('; '),
      ],
      ['Needed for', <Names key="n" of={entry.neededBy} none="nothing" />],
      ['Reviewed', entry.reviewedAt === null ? 'never' : <TimeAgo key="rev" at={entry.reviewedAt} />],
      ['Last used', <LastUse key="u" of={entry} />],
      [
        'Accounts that have it',
        entry.countedAt === null ? (
          'not counted yet'
        ) : (
          <span key="h">
            {entry.holders}, counted <TimeAgo at={entry.countedAt} />
          </span>
        ),
      ],
      ['Was called', entry.renamedFrom ?? undefined],
    ]}
  />
);
