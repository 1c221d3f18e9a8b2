import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Vendor } from '../../api/shapes/vendors.ts';
import { StateBadge } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { RenewDialog } from '../answering/renew-dialog.tsx';
import { stateTone } from '../identities/identity-words.ts';
import { HoursDialog } from './hours-dialog.tsx';
import { hoursWords } from './vendor-words.ts';

const Hours = ({ of }: { readonly of: Vendor }) => (
  <>
    {of.access === null ? null : (
      <StateBadge tone={of.access.open ? 'good' : 'wait'}>{of.access.open ? 'open' : 'closed'}</StateBadge>
    )}{' '}
    <span className="small">{hoursWords(of)}</span>
  </>
);

const RowButton = ({
  label,
  of,
  onClick,
}: {
  readonly label: string;
  readonly of: string;
  readonly onClick: () => void;
}) => (
  <Button variant="subtle" size="compact-xs" aria-label={`${label} ${of}`} onClick={onClick}>
    {label}…
  </Button>
);

interface PeopleTableProps {
  /** Whose people they are. */
  readonly of: string;
  readonly rows: readonly Vendor[];
  readonly onEnd: (who: Vendor) => void;
}

/** People from outside, with what is done about each. */
export const PeopleTable = ({ of, rows, onEnd }: PeopleTableProps) => {
  const [renewing, setRenewing] = useState<Vendor>();
  const [timing, setTiming] = useState<Vendor>();
  return (
    <>
      <PlainTable
        label={`People of ${of}`}
        rows={rows}
        rowId={(row) => row.id}
        empty="Nobody of them is here any more."
        columns={[
          {
            id: 'who',
            header: 'Who',
            title: true,
            cell: (row) => (
              <Link to="/identities/$id" params={{ id: row.id }}>
                {row.name}
              </Link>
            ),
          },
          {
            id: 'state',
            header: 'State',
            cell: (row) => (
              <StateBadge tone={stateTone(row.state)}>{row.state === 'pre_hire' ? 'expected' : row.state}</StateBadge>
            ),
          },
          { id: 'sponsor', header: 'Who answers', cell: (row) => row.sponsorName ?? 'nobody' },
          { id: 'end', header: 'Ends', cell: (row) => <TimeAgo at={row.until} never="no end" /> },
          { id: 'hours', header: 'Hours', cell: (row) => <Hours of={row} /> },
          {
            id: 'access',
            header: 'Access',
            cell: (row) =>
              row.waiting === 0 ? String(row.grants) : `${String(row.grants)}, ${String(row.waiting)} asked for`,
          },
          {
            id: 'session',
            header: 'Last session',
            cell: (row) =>
              row.sessions > 0 ? (
                <StateBadge tone="good">{`${String(row.sessions)} open`}</StateBadge>
              ) : (
                <TimeAgo at={row.lastSessionAt} never="none" />
              ),
          },
          {
            id: 'actions',
            header: 'Actions',
            cell: (row) => (
              <span className="row">
                <RowButton label="Renew" of={row.name} onClick={() => setRenewing(row)} />
                <RowButton label="Hours" of={row.name} onClick={() => setTiming(row)} />
                <RowButton label="End" of={row.name} onClick={() => onEnd(row)} />
              </span>
            ),
          },
        ]}
      />
      {renewing === undefined ? null : (
        <RenewDialog
          who={{ id: renewing.id, displayName: renewing.name, contractEnd: renewing.until }}
          onClose={() => setRenewing(undefined)}
        />
      )}
      {timing === undefined ? null : <HoursDialog who={timing} onClose={() => setTiming(undefined)} />}
    </>
  );
};
