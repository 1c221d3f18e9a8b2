import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { approvalCountQuery } from '../api/requests.ts';
import { useMe } from '../api/me.ts';
import { Icon } from '../ui/show/icon.tsx';
import { navFor } from './nav.ts';
import s from './layout.module.css';

/** How many decisions wait for me, as a number and in words. */
const InboxCount = () => {
  const { data: count } = useQuery(approvalCountQuery);
  if (count === undefined || count === 0) return null;
  return (
    <span className={s['count']}>
      {count > 99 ? '99+' : count}
      <span className="visually-hidden"> waiting</span>
    </span>
  );
};

export const Rail = ({ onGo }: { readonly onGo?: () => void }) => {
  const me = useMe();
  return (
    <nav aria-label="Main" className={s['rail']}>
      {navFor(me).map(({ label, entries }, i) => (
        <div key={label ?? i} className={s['group']}>
          {label === undefined ? null : <h2 id={`nav-${label}`}>{label}</h2>}
          <ul aria-labelledby={label === undefined ? undefined : `nav-${label}`}>
            {entries.map((entry) => (
              <li key={entry.to}>
                <Link
                  to={entry.to}
                  activeOptions={{ exact: entry.to === '/' }}
                  activeProps={{ 'data-here': '', 'aria-current': 'page' }}
                  title={`${entry.label}  ${entry.keys}`}
                  onClick={onGo}
                >
                  <Icon name={entry.icon} />
                  <span>{entry.label}</span>
                  {entry.to === '/inbox' ? <InboxCount /> : null}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
};
