import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from './shell-route.tsx';

const workloads = createRoute({
  getParentRoute: () => shell,
  path: '/workloads',
  component: lazyRouteComponent(() => import('./pages/workloads/workloads-page.tsx'), 'WorkloadsPage'),
});
const kits = createRoute({
  getParentRoute: () => shell,
  path: '/vault/kits',
  component: lazyRouteComponent(() => import('./pages/kits/kits-page.tsx'), 'KitsPage'),
});
const bringIn = createRoute({
  getParentRoute: () => shell,
  path: '/vault/import',
  component: lazyRouteComponent(() => import('./pages/import/import-page.tsx'), 'ImportPage'),
});

/** Programs and how they prove themselves; kits for the worst day; bringing secrets in. */
export const workloadRoutes = [workloads, kits, bringIn] as const;
