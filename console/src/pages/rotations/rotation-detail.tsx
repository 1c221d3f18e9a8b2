import { useQuery } from '@tanstack/react-query';
import { rotationQuery, type BoardRotation } from '../../api/rotations.ts';
import { StateBadge } from '../../ui/show/badges.tsx';
import { Facts, Timeline } from '../../ui/show/facts.tsx';
import { causeInWords, inWords, toneOf } from './rotation-words.ts';

/** One rotation with each of its steps, and what follows it. */
export const RotationDetail = ({ rotation }: { readonly rotation: BoardRotation }) => {
  const { data } = useQuery(rotationQuery(rotation.id));
  const now = data ?? rotation;
  return (
    <div className="stack">
      <Facts
        of={[
          ['Account', `${now.accountName} on ${now.systemName}`],
          [
            'State',
            <StateBadge key="state" tone={toneOf(now.state)}>
              {inWords(now.state)}
            </StateBadge>,
          ],
          ['Kind', now.secretKind.replaceAll('_', ' ')],
          ['Why', `${causeInWords(now.cause)}: ${now.because}`],
          ['Problem', now.problem ?? undefined],
          ['Changed by', now.through === 'reconcile' ? 'the reconcile account' : undefined],
          ['Wave', now.wave === null ? undefined : String(now.wave)],
        ]}
      />
      {data === undefined || data.steps.length === 0 ? null : (
        <section>
          <h3>Steps</h3>
          <Timeline
            label="Steps"
            of={data.steps.map((step) => ({
              id: String(step.position),
              at: step.at,
              tone: toneOf(step.outcome),
              title: step.step,
              text: [
                step.outcome === 'done' ? '' : step.outcome,
                step.detail ?? '',
                step.tries > 1 ? `${String(step.tries)} tries` : '',
              ]
                .filter((part) => part !== '')
                .join(': '),
            }))}
          />
        </section>
      )}
      {data === undefined || data.dependants.length === 0 ? null : (
        <section>
          <h3>What follows it</h3>
          <ul className="plain">
            {data.dependants.map((one) => (
              <li key={one.dependantId} className="spread">
                <span>
                  {one.position}. {one.name} on {one.systemName}
                  {one.problem === null ? '' : `: ${one.problem}`}
                </span>
                <StateBadge tone={toneOf(one.state)}>{one.state}</StateBadge>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
};
