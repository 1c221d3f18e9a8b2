import type { UndoPreview } from '../../api/sources.ts';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';

const effects: Readonly<Record<string, string>> = {
  create: 'come back',
  update: 'are changed back',
  delete: 'leave again',
};

type Line = UndoPreview['people'][number];

const Grants = ({ of }: { readonly of: Line['grants'] }) =>
  of.length === 0 ? null : (
    <ul>
      {of.map((grant) => (
        <li key={`${grant.name} ${grant.until ?? ''}`}>
          {grant.name}
          {grant.problem === null ? (
            grant.until === null ? null : (
              <span className="dim">
                {' '}
                ends <TimeAgo at={grant.until} />
              </span>
            )
          ) : (
            <span className="dim">, not again: {grant.problem}</span>
          )}
        </li>
      ))}
    </ul>
  );

/** All that taking a delivery back would do, whom it leaves alone, and what stays; first what stands against it. */
export const UndoPlan = ({ of }: { readonly of: UndoPreview }) => (
  <div className="stack" role="status">
    {of.refusals.length === 0 ? null : (
      <div className="card">
        <strong>This is not done:</strong>
        <ul>
          {of.refusals.map((refusal) => (
            <li key={refusal.code}>
              {refusal.detail}
              {refusal.fix === null ? null : <span className="dim">: {refusal.fix}</span>}
            </li>
          ))}
        </ul>
      </div>
    )}
    <p>
      {of.effects.length === 0
        ? 'Nobody would be changed.'
        : of.effects.map((e) => `${e.n.toLocaleString('en')} ${effects[e.effect] ?? e.effect}`).join(' · ')}
    </p>
    {of.heldBecause.map((held) => (
      <p key={held.code}>It would wait for somebody to accept it: {held.detail}.</p>
    ))}
    <PlainTable
      label="People put back"
      rows={of.people}
      rowId={(row) => row.identityId}
      empty="Nobody."
      columns={[
        { id: 'who', header: 'Who', title: true, cell: (row) => row.displayName ?? row.identityId },
        { id: 'what', header: 'What', cell: (row) => row.what },
        { id: 'grants', header: 'Given again', cell: (row) => <Grants of={row.grants} /> },
      ]}
    />
    {of.leftAloneCount === 0 ? null : (
      <section>
        <h3>Left alone ({of.leftAloneCount.toLocaleString('en')})</h3>
        <PlainTable
          label="Left alone"
          rows={of.leftAlone}
          rowId={(row) => row.identityId}
          empty="Nobody."
          columns={[
            { id: 'who', header: 'Who', title: true, cell: (row) => row.displayName ?? row.identityId },
            { id: 'why', header: 'Why', cell: (row) => row.problem },
          ]}
        />
      </section>
    )}
    {of.notTakenBack.length === 0 ? null : (
      <section>
        <h3>Not taken back</h3>
        <ul>
          {of.notTakenBack.map((one) => (
            <li key={one.what}>
              {one.n === null ? '' : `${one.n.toLocaleString('en')} `}
              {one.detail}
            </li>
          ))}
        </ul>
      </section>
    )}
  </div>
);
