import { getRouteApi } from '@tanstack/react-router';
import { lazy } from 'react';
import { AccountPage } from '../account-page.tsx';

const route = getRouteApi('/shell/connect/prompt');
const PromptView = lazy(() => import('./prompt-view.tsx').then((module) => ({ default: module.PromptView })));

/** One account of a database, opened in this browser. */
export const PromptPage = () => {
  const { system, account, database } = route.useSearch();
  return (
    <AccountPage system={system} account={account}>
      {(turn, onAgain) => (
        <PromptView
          key={`${account}@${system} ${database} ${String(turn)}`}
          system={system}
          account={account}
          database={database}
          onAgain={onAgain}
        />
      )}
    </AccountPage>
  );
};
