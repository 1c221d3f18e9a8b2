import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { secretQuery } from '../../api/guard.ts';
import type { Secret } from '../../api/shapes/guard.ts';
import { myAsksQuery, myOutQuery } from '../../api/vault.ts';
import { useMe } from '../../api/me.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { AskSecond } from './ask-second.tsx';
import { CodeForm } from './code-form.tsx';
import { TakeOut } from './take-out.tsx';

const Body = ({ secret, onClose }: { readonly secret: Secret; readonly onClose: () => void }) => {
  const me = useMe();
  const detail = useQuery(secretQuery(secret.id));
  const out = useQuery(myOutQuery());
  const asks = useQuery(myAsksQuery());
  const failed = detail.error ?? out.error ?? asks.error;
  if (failed !== null) return <Failed error={failed} onRetry={() => void detail.refetch()} />;
  if (detail.data === undefined || out.data === undefined || asks.data === undefined) return <Waiting />;
  const { terms } = detail.data;
  if (terms.showing === 'inject_only')
    return (
      <p>
        Nobody is shown this secret. Sessions and connectors use it: open a session to the system it is for, and it is
        put in for you.
      </p>
    );
  const mine = out.data.items.find(({ secretId }) => secretId === secret.id);
  const ask = asks.data.items.find(({ secretId }) => secretId === secret.id);
  const second = terms.secondPerson || terms.changedBy === me.id;
  if (mine === undefined && second && ask?.state !== 'approved')
    return <AskSecond secret={detail.data} ask={ask} onClose={onClose} />;
  const agreed = second && ask?.state === 'approved' ? ask : undefined;
  if (secret.kind === 'totp_seed') return <CodeForm secret={detail.data} agreed={agreed} onClose={onClose} />;
  return <TakeOut secret={detail.data} mine={mine} agreed={agreed} onClose={onClose} />;
};

/** Taking a secret out, on the terms it is under: alone or with a second person, shown, given once, or never. */
export const CheckoutDialog = ({
  secret,
  onClose,
}: {
  readonly secret: Secret | undefined;
  readonly onClose: () => void;
}) => (
  <Modal
    opened={secret !== undefined}
    onClose={onClose}
    title={secret === undefined ? '' : `Check out ${secret.name}`}
    closeButtonProps={{ 'aria-label': 'Close' }}
  >
    {secret === undefined ? null : <Body key={secret.id} secret={secret} onClose={onClose} />}
  </Modal>
);
