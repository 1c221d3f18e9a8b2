import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from './shell-route.tsx';

const risk = createRoute({
  getParentRoute: () => shell,
  path: '/risk',
  component: lazyRouteComponent(() => import('./pages/risk/risk-page.tsx'), 'RiskPage'),
});

/** Pages about how risky everybody is. */
export const riskRoutes = [risk] as const;
