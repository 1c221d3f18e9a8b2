import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from './shell-route.tsx';
import { listSearch } from './ui/list-search.ts';

const rotations = createRoute({
  getParentRoute: () => shell,
  path: '/rotations',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/rotations/rotations-page.tsx'), 'RotationsPage'),
});
const runs = createRoute({
  getParentRoute: () => shell,
  path: '/rotations/runs',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/rotations/runs-page.tsx'), 'RunsPage'),
});
const checks = createRoute({
  getParentRoute: () => shell,
  path: '/rotations/checks',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/rotations/checks-page.tsx'), 'ChecksPage'),
});
const policies = createRoute({
  getParentRoute: () => shell,
  path: '/rotations/policies',
  component: lazyRouteComponent(() => import('./pages/rotations/policies-page.tsx'), 'PoliciesPage'),
});

/** Rotations: the board, many at once, which credentials work, and policies. */
export const rotationRoutes = [rotations, runs, checks, policies] as const;
