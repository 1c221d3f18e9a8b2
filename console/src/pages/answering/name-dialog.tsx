import { fieldErrors } from '../../api/errors.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { WhoAndWhyDialog } from '../../ui/feedback/who-and-why-dialog.tsx';

interface NameDialogProps {
  /** What somebody is to answer for. */
  readonly name: string;
  readonly text: string;
  readonly run: (to: string, because: string) => Promise<unknown>;
  readonly onClose: () => void;
}

/** Names somebody who is to answer for something, and why. */
export const NameDialog = ({ name, text, run, onClose }: NameDialogProps) => {
  const naming = useAct({
    run: ({ who, because }: { readonly who: string; readonly because: string }) => run(who, because),
    stales: ['identities', 'handovers'],
    quiet: true,
    done: (_, { who }) => `${who} is told`,
    after: onClose,
  });
  const wrong = fieldErrors(naming.error);
  return (
    <WhoAndWhyDialog
      title={`Who answers for ${name}?`}
      text={text}
      whoLabel="Who"
      whyLabel="Reason"
      action="Name them"
      act={naming}
      wrong={{ who: wrong['to'] ?? wrong['owner'], because: wrong['because'] }}
      onClose={onClose}
    />
  );
};
