import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Page } from '../../ui/page.tsx';
import s from './catalogue.module.css';

const views = [
  { to: '/catalogue', label: 'All entitlements' },
  { to: '/catalogue/stewardship', label: 'To be seen to' },
  { to: '/catalogue/renames', label: 'Renamed?' },
] as const;

/** The views of the catalogue, each a list that fills the page. */
export const CatalogueView = ({
  at,
  lead,
  children,
}: {
  readonly at: (typeof views)[number]['to'];
  readonly lead: string;
  readonly children: ReactNode;
}) => (
  <Page fill title={at === '/catalogue' ? 'Catalogue' : (views.find(({ to }) => to === at)?.label ?? '')} lead={lead}>
    <div className={s['views']}>
      <nav aria-label="Views of the catalogue">
        {views.map(({ to, label }) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: true, includeSearch: false }}
            aria-current={to === at ? 'page' : undefined}
          >
            {label}
          </Link>
        ))}
      </nav>
      <div>{children}</div>
    </div>
  </Page>
);
