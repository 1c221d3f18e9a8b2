import { massItemList } from '../../api/drift.ts';
import { useRows } from '../../api/pages.ts';
import type { Item } from '../../api/shapes/of-contract.ts';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { IdentityName } from '../identities/identity-name.tsx';

type Change = Item<'massChanges.list'>;

/** One effect on many at once: why it waits, and every single change of it. */
export const ChangeDetail = ({ change }: { readonly change: Change }) => {
  const items = useRows(massItemList(change.id));
  return (
    <div className="stack">
      <Facts
        of={[
          ['What', change.title],
          ['Planned', <TimeAgo key="at" at={change.plannedAt} />],
          ['Settled', change.settledAt === null ? 'not yet' : <TimeAgo key="settled" at={change.settledAt} />],
          ['Made', `${String(change.appliedTo)} of ${String(change.items)}`],
          [
            'Accepted',
            change.acceptedBy === null ? undefined : (
              <span key="by">
                <IdentityName id={change.acceptedBy} />: {change.acceptedBecause}
              </span>
            ),
          ],
        ]}
      />
      {change.heldBecause.length === 0 ? null : (
        <section>
          <h3>Held because</h3>
          <ul>
            {change.heldBecause.map((over) => (
              <li key={`${over.code} ${over.systemId ?? ''}`}>{over.detail}</li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>Changes</h3>
        <PlainTable
          label="Changes"
          rows={items.rows}
          rowId={(row) => String(row.position)}
          empty={items.loading ? 'Loading…' : 'None.'}
          columns={[
            { id: 'what', header: 'What', title: true, cell: (row) => row.what },
            {
              id: 'who',
              header: 'Whose',
              cell: (row) => (row.identityId === null ? 'nobody known' : <IdentityName id={row.identityId} />),
            },
            {
              id: 'state',
              header: 'State',
              cell: (row) =>
                [
                  row.problem === null ? row.state.replace('_', ' ') : `${row.state.replace('_', ' ')}: ${row.problem}`,
                  ...row.notes,
                ].join('; '),
            },
          ]}
        />
        {items.hasMore ? (
          <button type="button" onClick={items.more}>
            Show more
          </button>
        ) : null}
      </section>
    </div>
  );
};
