import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from './shell-route.tsx';

const connect = createRoute({
  getParentRoute: () => shell,
  path: '/connect',
  component: lazyRouteComponent(() => import('./pages/connect/connect-page.tsx'), 'ConnectPage'),
});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const terminal = createRoute({
  getParentRoute: () => shell,
  path: '/connect/terminal',
  validateSearch: (raw: Record<string, unknown>): { system: string; account: string } => ({
    system: text(raw['system']),
    account: text(raw['account']),
  }),
  component: lazyRouteComponent(() => import('./pages/connect/terminal-page.tsx'), 'TerminalPage'),
});
const prompt = createRoute({
  getParentRoute: () => shell,
  path: '/connect/prompt',
  validateSearch: (raw: Record<string, unknown>): { system: string; account: string; database: string } => ({
    system: text(raw['system']),
    account: text(raw['account']),
    database: text(raw['database']),
  }),
  component: lazyRouteComponent(() => import('./pages/connect/prompt/prompt-page.tsx'), 'PromptPage'),
});

/** Opening accounts from the browser. */
export const connectRoutes = [connect, terminal, prompt] as const;
