import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from './shell-route.tsx';
import { listSearch } from './ui/list-search.ts';

const findings = createRoute({
  getParentRoute: () => shell,
  path: '/findings',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/findings/findings-page.tsx'), 'FindingsPage'),
});
const keys = createRoute({
  getParentRoute: () => shell,
  path: '/findings/keys',
  component: lazyRouteComponent(() => import('./pages/findings/keys-page.tsx'), 'KeysPage'),
});
const estate = createRoute({
  getParentRoute: () => shell,
  path: '/findings/estate',
  component: lazyRouteComponent(() => import('./pages/findings/estate-page.tsx'), 'EstatePage'),
});

/** What was found, the trust of keys, and how much of it is under control. */
export const findingRoutes = [findings, keys, estate] as const;
