import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent } from 'react';
import { checkInSecret, checkOutSecret } from '../../api/guard.ts';
import type { Secret } from '../../api/shapes/guard.ts';
import { toastDone, toastError } from '../../ui/feedback/toast.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Copyable } from '../../ui/show/copyable.tsx';
import { Countdown } from '../../ui/show/time-ago.tsx';
import { DurationSelect } from '../requests/duration-select.tsx';
import { checkoutOf, rememberCheckout } from './checkouts.ts';

const hideAfter = 30_000;

const Body = ({ secret, onClose }: { readonly secret: Secret; readonly onClose: () => void }) => {
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [seconds, setSeconds] = useState<number | null>(3_600);
  const [shown, setShown] = useState(false);
  const [before] = useState(() => checkoutOf(secret.id));
  const fresh = (): Promise<void> => client.invalidateQueries({ queryKey: ['secrets'] });
  const take = useMutation({
    mutationFn: () => checkOutSecret(secret.id, { seconds: seconds ?? 3_600, reason: reason.trim() }),
    gcTime: 0,
    onSuccess: ({ checkoutId, endsAt }) => rememberCheckout(secret.id, { checkoutId, endsAt }),
    onSettled: fresh,
  });
  const out = take.data ?? before;
  const giveBack = useMutation({
    mutationFn: () => checkInSecret(out?.checkoutId ?? ''),
    onSuccess: () => {
      rememberCheckout(secret.id, undefined);
      toastDone(`Returned: ${secret.name}. It is changed now.`);
      onClose();
    },
    onError: toastError,
    onSettled: fresh,
  });
  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(() => setShown(false), hideAfter);
    return () => clearTimeout(timer);
  }, [shown]);

  if (out !== undefined)
    return (
      <Stack gap="sm">
        <Text size="sm">
          Yours for <Countdown to={out.endsAt} />. Afterwards it is changed on the target, so what you saw stops
          working.
        </Text>
        {take.data === undefined ? null : shown ? (
          <div>
            {take.data.username === null ? null : (
              <div>
                <span className="dim small">User name </span>
                <Copyable text={take.data.username} label="the user name" />
              </div>
            )}
            <Copyable text={take.data.value} label="the secret" />
          </div>
        ) : (
          <Button variant="default" onClick={() => setShown(true)}>
            Show for 30 seconds
          </Button>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Keep it and close
          </Button>
          <Button loading={giveBack.isPending} onClick={() => giveBack.mutate()}>
            Return now
          </Button>
        </Group>
      </Stack>
    );
  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        take.mutate();
      }}
    >
      <Stack gap="sm">
        <Text size="sm">
          Who looks at it, when and why is recorded. It is changed on the target once you return it.
        </Text>
        <Textarea
          label="Reason"
          required
          withAsterisk={false}
          autosize
          minRows={2}
          data-autofocus
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <DurationSelect value={seconds} maxSeconds={28_800} onChange={setSeconds} />
        <Problem error={take.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={reason.trim() === ''} loading={take.isPending}>
            Check out
          </Button>
        </Group>
      </Stack>
    </form>
  );
};

/** Taking a secret out: reason and time first, then shown only when asked, and hidden again by itself. */
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
