import type { PolicyDryRun } from '../../api/shapes/platform.ts';
import { StateBadge } from '../../ui/show/badges.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { IdentityName } from '../identities/identity-name.tsx';

const count = (n: number): string => n.toLocaleString('en');

/** What a draft would have decided otherwise. */
export const DryRunResult = ({ result }: { readonly result: PolicyDryRun }) => (
  <div role="status" className="stack">
    <p>
      {count(result.gained + result.lost)} of {count(result.replayed)} replayed decisions would change.
      {result.gone === 0 ? '' : ` ${count(result.gone)} could not be replayed: what they were about is gone.`}
    </p>
    {Object.entries(result.failing).map(([policy, problem]) => (
      <p key={policy}>
        <StateBadge tone="bad">fails</StateBadge> <span className="mono">{policy}</span> {String(problem)}
      </p>
    ))}
    <PlainTable
      label="Decisions that would change"
      rows={result.changed}
      rowId={(row) => `${row.principal.id} ${row.action} ${row.resource.id}`}
      empty="Everything would be decided as before."
      columns={[
        {
          id: 'who',
          header: 'Who',
          title: true,
          cell: ({ principal }) => (principal.kind === 'identity' ? <IdentityName id={principal.id} /> : principal.id),
        },
        { id: 'action', header: 'Action', cell: (row) => <span className="mono">{row.action}</span> },
        { id: 'what', header: 'On', cell: ({ resource }) => `${resource.type} ${resource.id.slice(-8)}` },
        {
          id: 'change',
          header: 'Would turn to',
          cell: ({ change }) => (
            <StateBadge tone={change === 'gained' ? 'good' : 'bad'}>{change === 'gained' ? 'yes' : 'no'}</StateBadge>
          ),
        },
        { id: 'by', header: 'By', cell: ({ after }) => <span className="mono">{after.join(', ')}</span> },
      ]}
    />
  </div>
);
