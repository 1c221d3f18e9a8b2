import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect } from 'react';
import { onSignedOut } from './api/client.ts';
import { ProblemError } from './api/errors.ts';
import { makeRouter } from './routes.tsx';
import { usePreferences } from './ui/preferences.ts';
import { resolver, theme } from './ui/theme.ts';

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What was refused stays refused; what could not be reached may answer the next time.
      retry: (tries, error) =>
        tries < 2 && !(error instanceof ProblemError && error.status >= 400 && error.status < 500),
    },
  },
});
const router = makeRouter(queryClient);

onSignedOut(() => {
  const { pathname, href } = router.state.location;
  if (pathname === '/signin' || pathname === '/setup') return;
  queryClient.clear();
  void router.navigate({ to: '/signin', search: { to: href } });
});

export const App = () => {
  const { density } = usePreferences();
  useEffect(() => {
    document.documentElement.dataset['density'] = density;
  }, [density]);
  return (
    // The theme's variables are in the stylesheet already: nothing here adds a style element.
    <MantineProvider
      theme={theme}
      cssVariablesResolver={resolver}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queryClient}>
        <Notifications position="bottom-right" limit={4} />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
};
