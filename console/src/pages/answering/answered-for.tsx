import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useRows } from '../../api/pages.ts';
import { identityList } from '../../api/people.ts';
import type { IdentityRow } from '../../api/shapes/people.ts';
import { Loaded } from '../../ui/feedback/loaded.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { stateTone } from '../identities/identity-words.ts';
import { RenewDialog } from './renew-dialog.tsx';

/** The vendors somebody sponsors, and the services, workloads and agents they own. */
export const AnsweredFor = ({ ownerId }: { readonly ownerId: string }) => {
  const [renewing, setRenewing] = useState<IdentityRow>();
  return (
    <>
      <Loaded list={useRows(identityList({ ownerId }))}>
        {(rows) => (
          <PlainTable
            label="What you answer for"
            rows={rows.filter((row) => row.state !== 'leaver')}
            rowId={(row) => row.id}
            empty="You answer for nobody and nothing."
            columns={[
              {
                id: 'who',
                header: 'Who or what',
                title: true,
                cell: (row) => (
                  <Link to="/identities/$id" params={{ id: row.id }}>
                    {row.displayName}
                  </Link>
                ),
              },
              { id: 'kind', header: 'Kind', cell: (row) => row.kind },
              {
                id: 'state',
                header: 'State',
                cell: (row) => <StateBadge tone={stateTone(row.state)}>{row.state}</StateBadge>,
              },
              { id: 'end', header: 'Ends', cell: (row) => <TimeAgo at={row.contractEnd} never="no end" /> },
              {
                id: 'actions',
                header: 'Actions',
                cell: (row) =>
                  row.kind === 'vendor' || row.contractEnd !== null ? (
                    <Button
                      variant="subtle"
                      size="compact-xs"
                      aria-label={`Renew ${row.displayName}`}
                      onClick={() => setRenewing(row)}
                    >
                      Renew…
                    </Button>
                  ) : null,
              },
            ]}
          />
        )}
      </Loaded>
      {renewing === undefined ? null : <RenewDialog who={renewing} onClose={() => setRenewing(undefined)} />}
    </>
  );
};
