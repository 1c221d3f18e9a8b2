import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { eligibleQuery } from '../../api/eligible.ts';
import { giveBackGrant } from '../../api/people.ts';
import type { Eligible } from '../../api/shapes/eligible.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { RiskBadge, StateBadge } from '../../ui/show/badges.tsx';
import { Countdown, TimeAgo } from '../../ui/show/time-ago.tsx';
import { Activate } from './activate-form.tsx';
import { nameOfEligible } from './eligible-words.ts';

const State = ({ of }: { readonly of: Eligible }) => {
  const over = useAct({
    run: (grantId: string) => giveBackGrant(grantId),
    stales: ['eligible', 'grants', 'identities', 'sessions'],
    done: () => `${nameOfEligible(of)} is no longer active`,
  });
  const { active, waiting } = of;
  if (active !== null)
    return (
      <Group gap="xs">
        <StateBadge tone="good">active</StateBadge>
        {active.until === null ? null : <Countdown to={active.until} />}
        <Button
          size="compact-sm"
          variant="default"
          loading={over.isPending}
          onClick={() => over.mutate(active.grantId)}
          aria-label={`End now: ${nameOfEligible(of)}`}
        >
          End now
        </Button>
      </Group>
    );
  if (waiting !== null)
    return (
      <Group gap="xs">
        <StateBadge tone="wait">waits for approval</StateBadge>
        <Link to="/requests/$id" params={{ id: waiting.id }}>
          {waiting.number}
        </Link>
      </Group>
    );
  return <Activate of={of} />;
};

/** What I could activate when I need it, and how long what is active still is. Nothing where there is nothing. */
export const EligibleList = () => {
  const { data } = useQuery(eligibleQuery);
  if (data === undefined || data.length === 0) return null;
  return (
    <section
      aria-label="What you can activate"
      className="card stack"
      style={{ margin: '0 var(--mantine-spacing-lg) var(--mantine-spacing-sm)' }}
    >
      <div className="spread">
        <h2 style={{ margin: 0, fontSize: 'var(--mantine-font-size-md)' }}>What you can activate</h2>
        <span className="dim small">You have none of this until you activate it.</span>
      </div>
      <ul className="plain stack">
        {data.map((of) => (
          <li key={of.eligibilityId} className="spread">
            <span className="row">
              <strong>{nameOfEligible(of)}</strong>
              <RiskBadge risk={of.what.risk} />
              <span className="dim small">
                {of.until === null ? (
                  'without an end'
                ) : (
                  <>
                    ends <TimeAgo at={of.until} />
                  </>
                )}
              </span>
            </span>
            <State of={of} />
          </li>
        ))}
      </ul>
    </section>
  );
};
