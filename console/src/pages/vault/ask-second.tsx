import { Button, Group, Stack, Text } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import type { CheckoutAsk, SecretDetail } from '../../api/shapes/vault.ts';
import { askForSecond } from '../../api/vault.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { DurationSelect } from '../requests/duration-select.tsx';
import { noWhy, saysEnough, whySaid, WhyFields } from './why-fields.tsx';

interface AskSecondProps {
  readonly secret: SecretDetail;
  readonly ask: CheckoutAsk | undefined;
  readonly onClose: () => void;
}

/** Asking that somebody else agrees to this one checkout, and waiting for it. */
export const AskSecond = ({ secret, ask, onClose }: AskSecondProps) => {
  const [why, setWhy] = useState(noWhy);
  const [seconds, setSeconds] = useState<number | null>(secret.terms.longestSeconds);
  const make = useAct({
    run: () =>
      askForSecond(secret.id, {
        ...whySaid(why),
        reason: why.reason.trim(),
        seconds: seconds ?? secret.terms.longestSeconds,
      }),
    stales: ['checkout-asks'],
    quiet: true,
    done: () => 'Asked; this window goes on by itself once somebody agreed',
  });
  if (ask?.state === 'waiting')
    return (
      <Stack gap="sm">
        <Text size="sm">
          Asked <TimeAgo at={ask.askedAt} />: {ask.reason}. A second person is to agree under Vault, Second person. This
          goes on by itself then.
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
        </Group>
      </Stack>
    );
  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        make.mutate(undefined);
      }}
    >
      <Stack gap="sm">
        <Text size="sm">
          {ask?.state === 'denied' ? `Refused last time: ${ask.decidedBecause ?? 'without a word'}. ` : ''}A second
          person has to agree before you get this secret, each time.
        </Text>
        <WhyFields secret={secret} value={why} onChange={setWhy} errors={fieldErrors(make.error)} />
        <DurationSelect value={seconds} maxSeconds={secret.terms.longestSeconds} onChange={setSeconds} />
        <Problem error={make.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            disabled={!saysEnough(secret, why) || why.reason.trim() === ''}
            loading={make.isPending}
          >
            Ask a second person
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
