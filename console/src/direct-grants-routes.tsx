import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from './shell-route.tsx';
import { listSearch } from './ui/list-search.ts';

const list = createRoute({
  getParentRoute: () => shell,
  path: '/direct-grants',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/direct-grants/direct-grants-page.tsx'), 'DirectGrantsPage'),
});
const give = createRoute({
  getParentRoute: () => shell,
  path: '/direct-grants/new',
  component: lazyRouteComponent(() => import('./pages/direct-grants/give-page.tsx'), 'GivePage'),
});

/** What administrators gave without a request, and giving more. */
export const directGrantsRoutes = [list, give] as const;
