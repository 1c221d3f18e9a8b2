import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from './shell-route.tsx';
import { listSearch } from './ui/list-search.ts';

const privileges = createRoute({
  getParentRoute: () => shell,
  path: '/findings/privileges',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/privileges/privileges-page.tsx'), 'PrivilegesPage'),
});
const keys = createRoute({
  getParentRoute: () => shell,
  path: '/findings/keys',
  component: lazyRouteComponent(() => import('./pages/privileges/keys-page.tsx'), 'KeysPage'),
});
const estate = createRoute({
  getParentRoute: () => shell,
  path: '/findings/estate',
  component: lazyRouteComponent(() => import('./pages/privileges/estate-page.tsx'), 'EstatePage'),
});

/** Privileged paths, the trust of keys, and how much of it is under control. */
export const privilegeRoutes = [privileges, keys, estate] as const;
