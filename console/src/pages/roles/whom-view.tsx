import { Link } from '@tanstack/react-router';
import type { Whom } from '../../api/roles.ts';
import { Facts } from '../../ui/show/facts.tsx';
import { IdentityName } from '../identities/identity-name.tsx';

const keptApart = (kind: Whom['excludes'][number]['kind']): string =>
  kind === 'static' ? 'never both' : 'never in one session';

/** Who has a role by rule, who is excepted, and which roles it is kept apart from. */
export const WhomView = ({ whom }: { readonly whom: Whom }) => (
  <Facts
    of={[
      [
        'Has it by rule',
        whom.assignment === null ? (
          'nobody: it is asked for, or given'
        ) : (
          <span key="rule">
            whoever fits <span className="mono">{whom.assignment.personCondition}</span>
            {whom.assignment.graceDays === 0
              ? ''
              : `, and for ${String(whom.assignment.graceDays)} days after they no longer do`}
          </span>
        ),
      ],
      [
        'Never by a rule',
        whom.exceptPeople.length === 0 ? undefined : (
          <ul key="except" className="plain">
            {whom.exceptPeople.map(({ id }) => (
              <li key={id}>
                <IdentityName id={id} />
              </li>
            ))}
          </ul>
        ),
      ],
      [
        'Kept apart from',
        whom.excludes.length === 0 ? undefined : (
          <ul key="apart" className="plain">
            {whom.excludes.map(({ role, kind, severity, mode }) => (
              <li key={`${kind} ${role.id}`}>
                <Link to="/roles/$id" params={{ id: role.id }}>
                  {role.name}
                </Link>
                {`: ${keptApart(kind)} (${severity}, ${mode})`}
              </li>
            ))}
          </ul>
        ),
      ],
    ]}
  />
);
