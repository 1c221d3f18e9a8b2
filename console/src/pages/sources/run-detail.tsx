import { Link } from '@tanstack/react-router';
import { useRows } from '../../api/pages.ts';
import type { Item } from '../../api/shapes/of-contract.ts';
import { feedPlanList } from '../../api/sources.ts';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { IdentityName } from '../identities/identity-name.tsx';

type Run = Item<'sources.runs'>;

/** One delivery: its verdict with every reason, and what it changes person by person. */
export const RunDetail = ({ run }: { readonly run: Run }) => {
  const plan = useRows(feedPlanList(run.id));
  return (
    <div className="stack">
      <Facts
        of={[
          ['Verdict', run.verdict],
          ['Delivered', <TimeAgo key="at" at={run.startedAt} />],
          ['Settled', run.settledAt === null ? 'not yet' : <TimeAgo key="settled" at={run.settledAt} />],
          ['Changes', `${String(run.appliedRows)} of ${String(run.plannedRows)} made`],
          [
            'Accepted',
            run.acceptedBy === null ? undefined : (
              <span key="by">
                <IdentityName id={run.acceptedBy} />: {run.acceptedBecause}
              </span>
            ),
          ],
          [
            'Taken back',
            run.undo === null ? undefined : (
              <Link key="undo" to="/changes" search={{ open: run.undo.massChangeId }}>
                {run.undo.state}
              </Link>
            ),
          ],
          ...Object.entries(run.counts).map(([name, count]) => [name, count] as const),
        ]}
      />
      {run.heldBecause.length === 0 ? null : (
        <section>
          <h3>Held because</h3>
          <ul>
            {run.heldBecause.map((held) => (
              <li key={held.code}>
                {held.detail}{' '}
                <span className="dim">
                  ({held.count}, allowed {held.allowed})
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {run.problems.length === 0 ? null : (
        <section>
          <h3>Problems</h3>
          <ul>
            {run.problems.map((problem) => (
              <li key={`${problem.code} ${String(problem.row)} ${problem.column ?? ''}`}>
                {problem.row === undefined ? '' : `Row ${String(problem.row)}: `}
                {problem.detail}
                {problem.fix === undefined ? '' : ` ${problem.fix}`}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>Changes</h3>
        <PlainTable
          label="Changes"
          rows={plan.rows}
          rowId={(row) => String(row.position)}
          empty={plan.loading ? 'Loading…' : 'None.'}
          columns={[
            {
              id: 'who',
              header: 'Who',
              title: true,
              cell: (row) => (
                <Link to="/identities/$id" params={{ id: row.identityId }}>
                  {row.displayName ?? row.externalId}
                </Link>
              ),
            },
            { id: 'what', header: 'What', cell: (row) => row.what },
            {
              id: 'changed',
              header: 'Changes',
              cell: (row) => (row.skipped === null ? row.changed.join(', ') : `left out: ${row.skipped}`),
            },
          ]}
        />
        {plan.hasMore ? (
          <button type="button" onClick={plan.more}>
            Show more
          </button>
        ) : null}
      </section>
    </div>
  );
};
