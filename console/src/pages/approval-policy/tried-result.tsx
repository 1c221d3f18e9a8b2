import { Link } from '@tanstack/react-router';
import type { ApprovalPolicyTried } from '../../api/shapes/requests.ts';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { controlWords } from '../../ui/show/control-words.ts';
import { stepName } from '../requests/request-words.ts';

type Outcome = ApprovalPolicyTried['items'][number]['after'];

/** Steps in their order: those asked at the same time side by side. */
const stepsOf = ({ steps }: Outcome): string =>
  [...new Set(steps.map(({ stage }) => stage))]
    .map((stage) =>
      steps
        .filter((step) => step.stage === stage)
        .map((step) => `${stepName(step)} (${step.approvers.map(({ name }) => name).join(', ')})`)
        .join(' and '),
    )
    .join(', then ');

const OutcomeCell = ({ outcome }: { readonly outcome: Outcome }) => (
  <>
    <div>
      {outcome.stuck ??
        (outcome.automatic ? 'given at once' : outcome.steps.length === 0 ? 'refused' : stepsOf(outcome))}
    </div>
    {outcome.lines
      .filter(({ goesOn }) => !goesOn)
      .map((line) => (
        <div key={line.lineId}>
          {line.what}: {line.because}
        </div>
      ))}
    {outcome.lines
      .filter(({ goesOn, controls }) => goesOn && controlWords(controls).length > 0)
      .map((line) => (
        <div key={line.lineId} className="small">
          {line.what}: {controlWords(line.controls).join(' ')}
        </div>
      ))}
  </>
);

/** What a draft makes of requests that were made, where it is something else than what is in force makes of them. */
export const TriedResult = ({ result }: { readonly result: ApprovalPolicyTried }) => (
  <div role="status" className="stack">
    <p>
      {result.changed.toLocaleString('en')} of the last {result.tried.toLocaleString('en')} requests would come out
      otherwise than under version {result.against}.
    </p>
    <PlainTable
      label="Requests that would come out otherwise"
      rows={result.items}
      rowId={(row) => row.id}
      empty="Every request would come out as before."
      columns={[
        {
          id: 'request',
          header: 'Request',
          title: true,
          cell: (row) => (
            <Link to="/requests/$id" params={{ id: row.id }}>
              {row.number}
            </Link>
          ),
        },
        { id: 'what', header: 'Who and what', cell: (row) => `${row.beneficiary.name}: ${row.summary}` },
        { id: 'before', header: 'Now', cell: (row) => <OutcomeCell outcome={row.before} /> },
        { id: 'after', header: 'With this draft', cell: (row) => <OutcomeCell outcome={row.after} /> },
      ]}
    />
  </div>
);
