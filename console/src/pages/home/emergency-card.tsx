import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { emergencyPathsQuery, emergencyUses } from '../../api/emergency.ts';
import { useRows } from '../../api/pages.ts';
import { Countdown } from '../../ui/show/time-ago.tsx';
import { TakeAccess } from '../emergency/take-access.tsx';
import s from './home.module.css';

/** Emergency access from home: what one may take now, what one has, and uses that wait for one's review. */
export const Emergency = () => {
  const { data: paths = [] } = useQuery(emergencyPathsQuery);
  const waiting = useRows(emergencyUses('review')).rows.length;
  const mine = paths.filter((path) => path.mayUse || path.mine !== null);
  if (mine.length === 0 && waiting === 0) return null;
  return (
    <section className="card">
      <h2>Emergency access</h2>
      {waiting === 0 ? null : (
        <p>
          <Link to="/emergency">
            {waiting === 1 ? 'One use waits' : `${String(waiting)} uses wait`} for your review
          </Link>
        </p>
      )}
      <ul className="plain">
        {mine.map((path) => (
          <li key={path.id} className={s['line']}>
            <span>{path.name}</span>
            {path.mine === null ? (
              <TakeAccess path={path} />
            ) : (
              <Link to="/emergency/uses/$id" params={{ id: path.mine.useId }}>
                <Countdown to={path.mine.endsAt} /> left
              </Link>
            )}
          </li>
        ))}
      </ul>
      <Link to="/emergency">All of it</Link>
    </section>
  );
};
