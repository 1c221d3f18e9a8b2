import { liftLock } from '../../api/live.ts';
import type { Lock } from '../../api/shapes/live.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';

/** Lifting a lock: asks why. Others on the same thing go on holding. */
export const useLiftLock = (): ((lock: Lock) => void) => {
  const lift = useAct({
    run: ({ id, because }: { id: string; because: string }) => liftLock(id, because),
    stales: ['locks', 'sessions'],
    done: () => 'Lock lifted',
  });
  return (lock) =>
    void confirm({
      title: `Lift the lock on ${lock.onName}?`,
      text: `It was placed because: ${lock.reason}`,
      action: 'Lift',
      reason: 'required',
    }).then((answer) => (answer === undefined ? undefined : lift.mutate({ id: lock.id, because: answer.reason })));
};
