import { useQuery } from '@tanstack/react-query';
import { requestEvidenceQuery } from '../../api/requests.ts';
import type { AccessRequest, LineEvidence } from '../../api/shapes/requests.ts';
import { Problem, Waiting } from '../../ui/feedback/states.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { LineCard } from './line-card.tsx';

const times = (n: number, noun: string): string => `${String(n)} ${noun}${n === 1 ? '' : 's'}`;

const Beside = ({ evidence }: { readonly evidence: LineEvidence }) => (
  <Facts
    of={[
      [
        'Used before',
        evidence.used.lastAt === null ? (
          'no session that is known'
        ) : (
          <span key="used">
            {times(evidence.used.sessions, 'session')} in 90 days, last <TimeAgo at={evidence.used.lastAt} />
          </span>
        ),
      ],
      [
        'Had before',
        evidence.before.grants === 0 ? (
          'never'
        ) : (
          <span key="had">
            {times(evidence.before.grants, 'time')}
            {evidence.before.lastEndedAt === null ? (
              ', and now'
            ) : (
              <>
                , last until <TimeAgo at={evidence.before.lastEndedAt} />
              </>
            )}
          </span>
        ),
      ],
      [
        'People like them',
        evidence.peers === null
          ? 'too few to compare with'
          : `${String(evidence.peers.have)} of ${String(evidence.peers.of)} others in ${evidence.peers.department} have it`,
      ],
      ['Policy', `version ${String(evidence.policy.version)}: ${evidence.policy.says}`],
    ]}
  />
);

/** Each line with what there is to know before it is decided: risk, conflicts with their paths, use, peers, the policy's reason. */
export const DecisionEvidence = ({ request }: { readonly request: AccessRequest }) => {
  const { data, error } = useQuery(requestEvidenceQuery(request.id));
  return (
    <>
      <Problem error={error} />
      {request.lines.map((line) => {
        const beside = data?.find(({ lineId }) => lineId === line.id);
        return (
          <div key={line.id} className="stack">
            <LineCard line={line} />
            {beside === undefined ? error === null ? <Waiting lines={3} /> : null : <Beside evidence={beside} />}
          </div>
        );
      })}
    </>
  );
};
