import { Link } from '@tanstack/react-router';
import type { RiskReason } from '../../api/shapes/risk.ts';
import { inWords } from './risk-words.ts';
import s from './risk.module.css';

type Evidence = RiskReason['of'][number];

const Named = ({ of: { kind, id, name, throughName } }: { readonly of: Evidence }) => {
  const label = name ?? 'not there any more';
  return (
    <>
      {kind === 'entitlement' ? (
        <Link to="/catalogue/$id" params={{ id }}>
          {label}
        </Link>
      ) : kind === 'identity' ? (
        <Link to="/identities/$id" params={{ id }}>
          {label}
        </Link>
      ) : (
        label
      )}
      {throughName === null ? null : <span className="dim"> leads to {throughName}</span>}
    </>
  );
};

/** Why a score is what it is: every reason with its points, which add up, and what it rests on. */
export const Reasons = ({ of, score }: { readonly of: readonly RiskReason[]; readonly score: number }) =>
  of.length === 0 ? (
    <p className="dim">Nothing that is known makes them risky.</p>
  ) : (
    <table className={s['reasons']}>
      <caption className="visually-hidden">Reasons of the score, with their points</caption>
      <thead>
        <tr>
          <th scope="col">Because of</th>
          <th scope="col">What it rests on</th>
          <th scope="col" className={s['points']}>
            Points
          </th>
        </tr>
      </thead>
      <tbody>
        {of.map((reason) => (
          <tr key={reason.factor}>
            <th scope="row">{inWords(reason)}</th>
            <td>
              <ul className="plain">
                {reason.of.map((evidence) => (
                  <li key={`${evidence.kind} ${evidence.id}`}>
                    <Named of={evidence} />
                  </li>
                ))}
                {reason.count > reason.of.length ? (
                  <li className="dim">and {String(reason.count - reason.of.length)} more</li>
                ) : null}
              </ul>
            </td>
            <td className={s['points']}>{reason.points}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={2}>
            Score, of 100
          </th>
          <td className={s['points']}>{score}</td>
        </tr>
      </tfoot>
    </table>
  );
