import { Link } from '@tanstack/react-router';
import { Suspense, useState, type ReactNode } from 'react';
import { Empty, Waiting } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';

/** The page of one account that is opened in this browser. `children`: what it is opened in, anew for each turn. */
export const AccountPage = ({
  system,
  account,
  children,
}: {
  readonly system: string;
  readonly account: string;
  readonly children: (turn: number, onAgain: () => void) => ReactNode;
}) => {
  const [turn, setTurn] = useState(0);
  if (system === '' || account === '')
    return (
      <Empty title="Which account?" text="This address names no account and system.">
        <Link to="/connect">Choose what to open</Link>
      </Empty>
    );
  return (
    <Page fill title={`${account}@${system}`} crumbs={<Link to="/connect">Connect</Link>}>
      <Suspense fallback={<Waiting />}>{children(turn, () => setTurn((was) => was + 1))}</Suspense>
    </Page>
  );
};
