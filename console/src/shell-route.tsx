import type { QueryClient } from '@tanstack/react-query';
import { Outlet, createRootRouteWithContext, createRoute, redirect } from '@tanstack/react-router';
import { ProblemError } from './api/errors.ts';
import { meQuery } from './api/me.ts';
import { Shell } from './layout/shell.tsx';

interface Context {
  readonly queryClient: QueryClient;
}

/** What every page is below. */
export const root = createRootRouteWithContext<Context>()({ component: Outlet });

/** What every page is below that needs somebody to be signed in. */
export const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(meQuery);
    } catch (error) {
      if (error instanceof ProblemError && error.status === 401)
        throw redirect({ to: '/signin', search: { to: location.href } });
      throw error;
    }
  },
});
