import { Link, getRouteApi } from '@tanstack/react-router';
import { Suspense, lazy, useState } from 'react';
import { Empty, Waiting } from '../../../ui/feedback/states.tsx';
import { Page } from '../../../ui/page.tsx';

const route = getRouteApi('/shell/connect/prompt');
const PromptView = lazy(() => import('./prompt-view.tsx').then((module) => ({ default: module.PromptView })));

/** One account of a database, opened in this browser. */
export const PromptPage = () => {
  const { system, account, database } = route.useSearch();
  const [turn, setTurn] = useState(0);
  if (system === '' || account === '')
    return (
      <Empty title="Which account?" text="This address names no account and system.">
        <Link to="/connect">Choose what to open</Link>
      </Empty>
    );
  return (
    <Page fill title={`${account}@${system}`} crumbs={<Link to="/connect">Connect</Link>}>
      <Suspense fallback={<Waiting />}>
        <PromptView
          key={`${account}@${system} ${database} ${String(turn)}`}
          system={system}
          account={account}
          database={database}
          onAgain={() => setTurn((was) => was + 1)}
        />
      </Suspense>
    </Page>
  );
};
