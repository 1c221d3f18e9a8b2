import { assignAccounts } from '../../api/people.ts';
import type { Account } from '../../api/shapes/people.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { WhoAndWhyDialog } from '../../ui/feedback/who-and-why-dialog.tsx';

/** Says whose accounts are that nobody was known to own. */
export const AssignDialog = ({
  accounts,
  onClose,
}: {
  readonly accounts: readonly Account[];
  readonly onClose: () => void;
}) => {
  const assign = useAct({
    run: ({ who, because }: { readonly who: string; readonly because: string }) =>
      assignAccounts(
        accounts.map(({ id }) => id),
        who,
        because,
      ),
    stales: ['accounts', 'identities', 'drift', 'correlation'],
    quiet: true,
    done: ({ assigned }) => (assigned === 1 ? 'Assigned' : `${String(assigned)} accounts assigned`),
    after: onClose,
  });
  const [first] = accounts;
  const named = accounts.slice(0, 6).map(({ name, systemName }) => `${name} on ${systemName ?? ''}`);
  return (
    <WhoAndWhyDialog
      title={
        accounts.length === 1
          ? `Whose is ${first?.name ?? 'it'}?`
          : `Whose are these ${String(accounts.length)} accounts?`
      }
      text={`${named.join(', ')}${
        accounts.length > 6 ? ` and ${String(accounts.length - 6)} more` : ''
      }. What they hold without a grant is drift of this person from now on.`}
      whoLabel="Whose"
      whoHint="User name or id; a service answers to its owner"
      action="Assign"
      act={assign}
      onClose={onClose}
    />
  );
};
