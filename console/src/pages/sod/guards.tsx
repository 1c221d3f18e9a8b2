import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { sodGuardsQuery } from '../../api/sod.ts';
import { Problem, Waiting } from '../../ui/feedback/states.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { IdentityName } from '../identities/identity-name.tsx';

/** What keeps Reeve to a rule about acts, as it stands, and who ran against it lately. */
export const Guards = ({ rule }: { readonly rule: string }) => {
  const { data, error } = useQuery(sodGuardsQuery(rule));
  if (error !== null) return <Problem error={error} />;
  if (data === undefined) return <Waiting />;
  return (
    <>
      {data.done.length === 0 ? null : (
        <section>
          <h3>Done all the same</h3>
          <p className="small">
            Reeve refuses this: it came about past Reeve, or while a guard was away. Look into each.
          </p>
          <ul>
            {data.done.map((act) => (
              <li key={`${act.resourceId} ${act.guard} ${act.at}`}>
                <StateBadge tone="bad">violation</StateBadge> <IdentityName id={act.whoId} />{' '}
                <span className="dim">{act.what}</span> <TimeAgo at={act.at} />{' '}
                {act.eventId === null ? (
                  'not in the log'
                ) : (
                  <Link to="/audit" search={{ open: act.eventId }}>
                    in the log
                  </Link>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>Enforced by the decision point</h3>
        <ul>
          {data.guards.map((guard) => (
            <li key={guard.name}>
              {`${guard.says.charAt(0).toUpperCase()}${guard.says.slice(1)}. `}
              <StateBadge tone={guard.inForce ? 'good' : 'bad'}>
                {guard.inForce ? 'in force' : 'not in force'}
              </StateBadge>
              <p className="dim small">
                {`Refuses ${guard.actions.join(', ')} · refused ${String(guard.refused)} within 90 days · `}
                {guard.kind === 'policy' ? <Link to="/policies">policy</Link> : 'checked by the operation itself'}{' '}
                <code>{guard.name}</code>
              </p>
              {guard.text === null ? null : (
                <details>
                  <summary className="small">How it is written</summary>
                  <pre className="small">{guard.text}</pre>
                </details>
              )}
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h3>Who ran against it lately</h3>
        {data.refused.length === 0 ? <p className="dim">Nobody within 90 days.</p> : null}
        <ul>
          {data.refused.map((act) => (
            <li key={`${act.eventId} ${act.guard}`}>
              <IdentityName id={act.whoId} /> <span className="dim">{act.action}</span> <TimeAgo at={act.at} />
            </li>
          ))}
        </ul>
      </section>
    </>
  );
};
