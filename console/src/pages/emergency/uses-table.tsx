import { Link } from '@tanstack/react-router';
import type { EmergencyUse } from '../../api/shapes/emergency.ts';
import { StateBadge } from '../../ui/show/badges.tsx';
import { Countdown, TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { reviewTone, thing } from './emergency-words.ts';

/** Uses with how far their review is. */
export const UsesTable = ({
  label,
  uses,
  empty,
}: {
  readonly label: string;
  readonly uses: readonly EmergencyUse[];
  readonly empty: string;
}) => (
  <PlainTable
    label={label}
    rows={uses}
    rowId={(use) => use.id}
    empty={empty}
    columns={[
      {
        id: 'who',
        header: 'Who took it',
        title: true,
        cell: (use) => (
          <Link to="/emergency/uses/$id" params={{ id: use.id }}>
            {use.who.name}
          </Link>
        ),
      },
      { id: 'what', header: 'What', cell: (use) => thing(use.what) },
      { id: 'reason', header: 'Reason', cell: (use) => use.reason },
      { id: 'when', header: 'When', cell: (use) => <TimeAgo at={use.usedAt} /> },
      {
        id: 'sessions',
        header: 'Sessions',
        right: true,
        cell: (use) => use.sessions.length,
      },
      {
        id: 'review',
        header: 'Review',
        cell: (use) => <StateBadge tone={reviewTone[use.review.state]}>{use.review.state}</StateBadge>,
      },
      {
        id: 'due',
        header: 'Due in',
        cell: (use) =>
          use.review.by === null ? <Countdown to={use.review.dueAt} over="overdue" /> : `by ${use.review.by.name}`,
      },
    ]}
  />
);
