import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { checkInSecret } from '../../api/guard.ts';
import type { SecretDetail } from '../../api/shapes/vault.ts';
import { extendCheckout, showAgain } from '../../api/vault.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Problem } from '../../ui/feedback/states.tsx';
import { Copyable, copyText } from '../../ui/show/copyable.tsx';
import { Countdown } from '../../ui/show/time-ago.tsx';

const hideAfter = 30_000;

interface Given {
  readonly username: string | null;
  readonly value: string;
}
interface HaveOutProps {
  readonly secret: SecretDetail;
  readonly checkoutId: string;
  readonly endsAt: string;
  readonly extended: number;
  /** What was just given; absent where this window did not take it. */
  readonly given: Given | undefined;
  readonly onClose: () => void;
}

/** What somebody has out: shown for a while or copied once, kept longer, or given back. */
export const HaveOut = ({ secret, checkoutId, endsAt, extended, given, onClose }: HaveOutProps) => {
  const { terms } = secret;
  const once = terms.showing === 'copy_once';
  const giveBack = useAct({
    run: () => checkInSecret(checkoutId),
    stales: ['secrets', 'checkouts'],
    done: () => `Returned: ${secret.name}`,
    after: onClose,
  });
  const longer = useAct({
    run: (reason: string) => extendCheckout(checkoutId, { seconds: terms.longestSeconds, reason }),
    stales: ['checkouts'],
    done: () => 'Yours for longer',
  });
  return (
    <Stack gap="sm">
      <Text size="sm">
        Yours for <Countdown to={endsAt} />.
        {terms.rotateAfter && secret.accountId !== null
          ? ' Afterwards it is changed on the target, so what you saw stops working.'
          : ''}
      </Text>
      {once ? <CopyOnce given={given} /> : <Shown checkoutId={checkoutId} given={given} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Keep it and close
        </Button>
        {extended < terms.extensions && !terms.secondPerson ? (
          <Button
            variant="default"
            loading={longer.isPending}
            onClick={() =>
              void confirm({
                title: `Keep ${secret.name} longer?`,
                text: 'Its end moves as far as its terms let.',
                action: 'Keep it longer',
                reason: 'required',
              }).then((answer) => (answer === undefined ? undefined : longer.mutate(answer.reason)))
            }
          >
            Keep it longer…
          </Button>
        ) : null}
        <Button loading={giveBack.isPending} onClick={() => giveBack.mutate(undefined)}>
          Return now
        </Button>
      </Group>
    </Stack>
  );
};

const CopyOnce = ({ given }: { readonly given: Given | undefined }) => {
  const [left, setLeft] = useState(given);
  if (left === undefined)
    return (
      <Text size="sm" className="dim">
        It is given once, and was. Return it and take it out again for another copy.
      </Text>
    );
  return (
    <Group gap="xs">
      {left.username === null ? null : <Copyable text={left.username} label="the user name" />}
      <Button
        variant="default"
        onClick={() => void copyText(left.value, 'The secret is copied').then(() => setLeft(undefined))}
      >
        Copy the secret once
      </Button>
    </Group>
  );
};

const Shown = ({ checkoutId, given }: { readonly checkoutId: string; readonly given: Given | undefined }) => {
  const [shown, setShown] = useState<Given>();
  const look = useMutation({
    mutationFn: async (): Promise<Given> => given ?? (await showAgain(checkoutId)),
    gcTime: 0,
    onSuccess: setShown,
  });
  useEffect(() => {
    if (shown === undefined) return;
    const timer = setTimeout(() => setShown(undefined), hideAfter);
    return () => clearTimeout(timer);
  }, [shown]);
  if (shown === undefined)
    return (
      <>
        <Button variant="default" loading={look.isPending} onClick={() => look.mutate()}>
          Show for 30 seconds
        </Button>
        <Problem error={look.error} />
      </>
    );
  return (
    <div>
      {shown.username === null ? null : (
        <div>
          <span className="dim small">User name </span>
          <Copyable text={shown.username} label="the user name" />
        </div>
      )}
      <Copyable text={shown.value} label="the secret" />
    </div>
  );
};
