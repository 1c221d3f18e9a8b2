import { Link, getRouteApi } from '@tanstack/react-router';
import { Suspense, lazy, useState } from 'react';
import { Empty, Waiting } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';

const route = getRouteApi('/shell/connect/terminal');
const TerminalView = lazy(() => import('./terminal-view.tsx').then((module) => ({ default: module.TerminalView })));

/** One account, opened in this browser. */
export const TerminalPage = () => {
  const { system, account } = route.useSearch();
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
        <TerminalView
          key={`${account}@${system} ${String(turn)}`}
          system={system}
          account={account}
          onAgain={() => setTurn((was) => was + 1)}
        />
      </Suspense>
    </Page>
  );
};
