import { Link } from '@tanstack/react-router';
import s from './sod.module.css';

const places = [
  ['/sod', 'Rules'],
  ['/sod/violations', 'Violations'],
  ['/sod/matrix', 'Heat map'],
  ['/sod/exceptions', 'Exceptions'],
  ['/sod/library', 'Library'],
] as const;

/** The pages of separation of duties, each a click from the other. */
export const SodTabs = () => (
  <nav aria-label="Separation of duties" className={s['tabs']}>
    {places.map(([to, label]) => (
      <Link key={to} to={to} activeOptions={{ exact: true, includeSearch: false }}>
        {label}
      </Link>
    ))}
  </nav>
);
