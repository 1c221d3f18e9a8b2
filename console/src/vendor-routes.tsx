import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from './shell-route.tsx';

const vendors = createRoute({
  getParentRoute: () => shell,
  path: '/vendors',
  component: lazyRouteComponent(() => import('./pages/vendors/vendors-page.tsx'), 'VendorsPage'),
});
const company = createRoute({
  getParentRoute: () => shell,
  path: '/vendors/company',
  validateSearch: (raw: Record<string, unknown>): { employer: string } => ({
    employer: typeof raw['employer'] === 'string' ? raw['employer'] : '',
  }),
  component: lazyRouteComponent(() => import('./pages/vendors/company-page.tsx'), 'CompanyPage'),
});
const invite = createRoute({
  getParentRoute: () => shell,
  path: '/vendors/new',
  validateSearch: (raw: Record<string, unknown>): { employer?: string } =>
    typeof raw['employer'] === 'string' && raw['employer'] !== '' ? { employer: raw['employer'] } : {},
  component: lazyRouteComponent(() => import('./pages/vendors/invite-page.tsx'), 'InvitePage'),
});

/** People from outside, by company, and asking for one. */
export const vendorRoutes = [vendors, company, invite] as const;
