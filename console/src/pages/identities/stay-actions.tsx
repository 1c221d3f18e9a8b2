import { Button } from '@mantine/core';
import { useState } from 'react';
import { can, useMe } from '../../api/me.ts';
import { resumeIdentity, setOwner, suspendIdentity } from '../../api/owners.ts';
import type { IdentityDetail } from '../../api/shapes/people.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { NameDialog } from '../answering/name-dialog.tsx';
import { RenewDialog } from '../answering/renew-dialog.tsx';

/** For how long somebody stays, who answers for them, and shutting them out for a while. */
export const StayActions = ({ who }: { readonly who: IdentityDetail }) => {
  const me = useMe();
  const [open, setOpen] = useState<'renew' | 'owner'>();
  const stales = ['identities', 'accounts', 'receipts', 'handovers', 'sessions'];
  const suspend = useAct({
    run: (because: string) => suspendIdentity(who.id, because),
    stales,
    done: () => `${who.displayName} is shut out`,
  });
  const resume = useAct({
    run: (because: string) => resumeIdentity(who.id, because),
    stales,
    done: ({ active }) => (active ? `${who.displayName} is let in again` : 'Something else still suspends them'),
  });
  if (who.state === 'leaver' || who.mergedInto !== null || who.id === me.id) return null;
  const mine = who.ownerId === me.id;
  const close = (): void => setOpen(undefined);
  return (
    <>
      {(mine || can(me, 'identity.set_owner')) && (who.kind === 'vendor' || who.contractEnd !== null) ? (
        <Button variant="default" onClick={() => setOpen('renew')}>
          Renew…
        </Button>
      ) : null}
      {(mine || can(me, 'identity.set_owner')) && who.kind !== 'person' ? (
        <Button variant="default" onClick={() => setOpen('owner')}>
          Who answers for it…
        </Button>
      ) : null}
      {can(me, 'identity.suspend') && who.state !== 'suspended' ? (
        <Button
          variant="default"
          loading={suspend.isPending}
          onClick={() =>
            void confirm({
              title: `Shut ${who.displayName} out?`,
              text: 'Sessions end at once, and accounts are locked on their systems until they are let in again. Nothing is taken away.',
              action: 'Suspend',
              danger: true,
              reason: 'required',
            }).then((answer) => (answer === undefined ? undefined : suspend.mutate(answer.reason)))
          }
        >
          Suspend…
        </Button>
      ) : null}
      {can(me, 'identity.resume') && who.state === 'suspended' ? (
        <Button
          variant="default"
          loading={resume.isPending}
          onClick={() =>
            void confirm({
              title: `Let ${who.displayName} in again?`,
              text: 'Accounts that were locked because of the suspension are opened, and no others.',
              action: 'Let in again',
              reason: 'required',
            }).then((answer) => (answer === undefined ? undefined : resume.mutate(answer.reason)))
          }
        >
          Let in again…
        </Button>
      ) : null}
      {open === 'renew' ? <RenewDialog who={who} onClose={close} /> : null}
      {open === 'owner' ? (
        <NameDialog
          name={who.displayName}
          text={mine ? 'They are asked to accept it; you answer on until they do.' : 'They answer for it from now on.'}
          run={(to, because) => setOwner(who.id, to, because)}
          onClose={close}
        />
      ) : null}
    </>
  );
};
