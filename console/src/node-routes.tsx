import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from './shell-route.tsx';
import { listSearch } from './ui/list-search.ts';

const nodes = createRoute({
  getParentRoute: () => shell,
  path: '/nodes',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/nodes/nodes-page.tsx'), 'NodesPage'),
});

/** The processes Reeve consists of. */
export const nodeRoutes = [nodes] as const;
