import { ownFinding } from '../../api/findings.ts';
import type { Finding } from '../../api/shapes/findings.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { WhoAndWhyDialog } from '../../ui/feedback/who-and-why-dialog.tsx';

/** Says who answers for privileged accounts. */
export const OwnDialog = ({ rows, onClose }: { readonly rows: readonly Finding[]; readonly onClose: () => void }) => {
  const assign = useAct({
    run: ({ who, because }: { readonly who: string; readonly because: string }) =>
      Promise.all(rows.map(({ id }) => ownFinding(id, who, because))),
    stales: ['findings'],
    quiet: true,
    done: () => 'Somebody answers for it now',
    after: onClose,
  });
  const named = new Set(rows.map(({ accountName, systemName }) => `${accountName || 'everybody'} on ${systemName}`));
  return (
    <WhoAndWhyDialog
      title="Who answers for it?"
      text={`${[...named].slice(0, 6).join(', ')}: they answer for all that is found about it there.`}
      whoLabel="Owner"
      action="Assign"
      act={assign}
      onClose={onClose}
    />
  );
};
