import { useQuery } from '@tanstack/react-query';
import { riskQuery } from '../../api/risk.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { RiskBadge } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { Reasons } from '../risk/reasons.tsx';
import { Trend } from '../risk/trend.tsx';

/** How risky this identity is, why, and what it was before. */
export const RiskTab = ({ id }: { readonly id: string }) => {
  const found = useQuery(riskQuery(id));
  if (found.error !== null) return <Failed error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data === undefined) return <Waiting />;
  const { risk, days } = found.data;
  if (risk === null)
    return <p className="dim">Nobody has looked yet: everybody is looked at every night, and with every change.</p>;
  return (
    <div className="stack" style={{ maxWidth: '46rem' }}>
      <p className="row">
        <RiskBadge risk={risk.level} />
        <strong>{risk.score} of 100</strong>
        <span className="dim small">
          since <TimeAgo at={risk.since} />
        </span>
        {risk.jumpedAt === null ? null : (
          <span className="dim small">
            last jumped from {risk.jumpedFrom}, <TimeAgo at={risk.jumpedAt} />
          </span>
        )}
      </p>
      <Reasons of={risk.reasons} score={risk.score} />
      <section>
        <h2>Over time</h2>
        <Trend days={days} />
      </section>
    </div>
  );
};
