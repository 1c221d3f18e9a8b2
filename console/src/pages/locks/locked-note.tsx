import { Button } from '@mantine/core';
import { useState } from 'react';
import { lockList } from '../../api/live.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { StateBadge } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { useLiftLock } from './lift-lock.ts';
import { LockDialog } from './lock-dialog.tsx';

type Of = { readonly identityId: string } | { readonly systemId: string };

const Notes = ({ of }: { readonly of: Of }) => {
  const me = useMe();
  const locks = useRows(lockList({ ...of, state: 'holding' }));
  const lift = useLiftLock();
  return locks.rows.map((lock) => (
    <div key={lock.id} className="card row" role="note">
      <StateBadge tone="bad">locked</StateBadge>
      <span>
        {lock.scope === 'account' ? <strong className="mono">{lock.onName} </strong> : null}
        {lock.reason} · {lock.placedByName ?? 'somebody'}, <TimeAgo at={lock.placedAt} />
      </span>
      {can(me, 'lock.lift') ? (
        <Button size="compact-xs" variant="default" onClick={() => lift(lock)}>
          Lift…
        </Button>
      ) : null}
    </div>
  ));
};

/** What locks hold on somebody or something, for those who may see that. */
export const LockedNote = ({ of }: { readonly of: Of }) => (can(useMe(), 'lock.list') ? <Notes of={of} /> : null);

/** The button that locks what a page is about. Nobody locks themselves. */
export const LockButton = ({
  scope,
  id,
  name,
}: {
  readonly scope: 'identity' | 'system';
  readonly id: string;
  readonly name: string;
}) => {
  const me = useMe();
  const [asking, setAsking] = useState(false);
  if (!can(me, 'lock.place') || id === me.id) return null;
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        Lock…
      </Button>
      {asking ? <LockDialog on={{ scope, subject: id, name }} onClose={() => setAsking(false)} /> : null}
    </>
  );
};
