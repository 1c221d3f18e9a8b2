import type { MergePlan } from '../../api/merging.ts';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { RECORD_WORDS, GRANT_WORDS, rowsOf } from './merge-words.ts';

/** All that a merge, or taking one back, would do; first what stands against it. */
export const MergePlanShown = ({ plan }: { readonly plan: MergePlan }) => (
  <div className="stack" role="status">
    {plan.refusals.length === 0 ? null : (
      <div className="card">
        <strong>This is not done:</strong>
        <ul>
          {plan.refusals.map((refusal) => (
            <li key={refusal.code + refusal.detail}>
              {refusal.detail}
              {refusal.fix === null ? null : <span className="dim">: {refusal.fix}</span>}
            </li>
          ))}
        </ul>
      </div>
    )}
    {plan.warnings.length === 0 ? null : (
      <div className="card">
        <strong>Duties that would meet, by rules that do not forbid it:</strong>
        <ul>
          {plan.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      </div>
    )}
    <PlainTable
      label="What it does"
      rows={rowsOf(plan, { grants: GRANT_WORDS, records: RECORD_WORDS })}
      rowId={(row) => row.id}
      empty="Nothing but the name: there is nothing to move."
      columns={[
        { id: 'what', header: 'What', title: true, cell: (row) => row.what },
        { id: 'name', header: 'Which', cell: (row) => row.name },
        { id: 'becomes', header: 'What becomes of it', cell: (row) => row.becomes },
      ]}
    />
  </div>
);
