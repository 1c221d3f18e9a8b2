import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { lackingList, setOwner } from '../../api/owners.ts';
import { useRows } from '../../api/pages.ts';
import type { Item } from '../../api/shapes/of-contract.ts';
import { Loaded } from '../../ui/feedback/loaded.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { NameDialog } from './name-dialog.tsx';

type Row = Item<'identities.lacking'>;

const LACKS: Readonly<Record<string, string>> = {
  owner: 'nobody answers for it',
  owner_here: 'who answers for it is not here',
  end: 'no end',
  acceptance: 'nobody has accepted it yet',
};

/** What is no employee and lacks an owner who is here, or an end. */
export const Lacking = ({ mayName }: { readonly mayName: boolean }) => {
  const [naming, setNaming] = useState<Row>();
  return (
    <>
      <Loaded list={useRows(lackingList())}>
        {(rows) => (
          <PlainTable
            label="What lacks something"
            rows={rows}
            rowId={(row) => row.identityId}
            empty="Everything that is no employee has a person who answers for it."
            columns={[
              {
                id: 'who',
                header: 'Who or what',
                title: true,
                cell: (row) => (
                  <Link to="/identities/$id" params={{ id: row.identityId }}>
                    {row.name}
                  </Link>
                ),
              },
              { id: 'kind', header: 'Kind', cell: (row) => row.kind },
              { id: 'owner', header: 'Owner', cell: (row) => row.ownerName ?? '' },
              {
                id: 'lacks',
                header: 'Lacks',
                cell: (row) => row.lacks.map((lack) => LACKS[lack] ?? lack).join('; '),
              },
              {
                id: 'actions',
                header: 'Actions',
                cell: (row) =>
                  mayName ? (
                    <Button
                      variant="subtle"
                      size="compact-xs"
                      aria-label={`Name an owner of ${row.name}`}
                      onClick={() => setNaming(row)}
                    >
                      Name an owner…
                    </Button>
                  ) : null,
              },
            ]}
          />
        )}
      </Loaded>
      {naming === undefined ? null : (
        <NameDialog
          name={naming.name}
          text="They answer for it from now on. What was shut because nobody did opens again."
          run={(to, because) => setOwner(naming.identityId, to, because)}
          onClose={() => setNaming(undefined)}
        />
      )}
    </>
  );
};
