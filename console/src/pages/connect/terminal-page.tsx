import { getRouteApi } from '@tanstack/react-router';
import { lazy } from 'react';
import { AccountPage } from './account-page.tsx';

const route = getRouteApi('/shell/connect/terminal');
const TerminalView = lazy(() => import('./terminal-view.tsx').then((module) => ({ default: module.TerminalView })));

/** One account, opened in this browser. */
export const TerminalPage = () => {
  const { system, account } = route.useSearch();
  return (
    <AccountPage system={system} account={account}>
      {(turn, onAgain) => (
        <TerminalView
          key={`${account}@${system} ${String(turn)}`}
          system={system}
          account={account}
          onAgain={onAgain}
        />
      )}
    </AccountPage>
  );
};
