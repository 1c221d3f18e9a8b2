import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from './shell-route.tsx';

const emergency = createRoute({
  getParentRoute: () => shell,
  path: '/emergency',
  component: lazyRouteComponent(() => import('./pages/emergency/emergency-page.tsx'), 'EmergencyPage'),
});
const define = createRoute({
  getParentRoute: () => shell,
  path: '/emergency/new',
  component: lazyRouteComponent(() => import('./pages/emergency/define-page.tsx'), 'DefinePage'),
});
const use = createRoute({
  getParentRoute: () => shell,
  path: '/emergency/uses/$id',
  component: lazyRouteComponent(() => import('./pages/emergency/use-page.tsx'), 'UsePage'),
});

/** Emergency access: its paths, its uses and their reviews. */
export const emergencyRoutes = [emergency, define, use] as const;
