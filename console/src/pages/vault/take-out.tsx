import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { checkOutSecret } from '../../api/guard.ts';
import type { CheckoutAsk, SecretDetail, SecretOut } from '../../api/shapes/vault.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { DurationSelect } from '../requests/duration-select.tsx';
import { HaveOut } from './have-out.tsx';
import { noWhy, saysEnough, whySaid, WhyFields } from './why-fields.tsx';

interface TakeOutProps {
  readonly secret: SecretDetail;
  readonly mine: SecretOut | undefined;
  readonly agreed: CheckoutAsk | undefined;
  readonly onClose: () => void;
}

/** Reason, ticket and time first; then what was taken. */
export const TakeOut = ({ secret, mine, agreed, onClose }: TakeOutProps) => {
  const client = useQueryClient();
  const { terms } = secret;
  const [why, setWhy] = useState(noWhy);
  const [seconds, setSeconds] = useState<number | null>(Math.min(terms.longestSeconds, 3_600));
  const take = useMutation({
    mutationFn: () =>
      checkOutSecret(secret.id, {
        ...whySaid(why),
        seconds: agreed?.seconds ?? seconds ?? terms.longestSeconds,
      }),
    gcTime: 0,
    onSettled: () =>
      Promise.all(
        ['secrets', 'checkouts', 'checkout-asks'].map((key) => client.invalidateQueries({ queryKey: [key] })),
      ),
  });
  if (take.data !== undefined || mine !== undefined)
    return (
      <HaveOut
        secret={secret}
        checkoutId={take.data?.checkoutId ?? mine?.id ?? ''}
        endsAt={mine?.endsAt ?? take.data?.endsAt ?? ''}
        extended={mine?.extended ?? 0}
        given={take.data}
        onClose={onClose}
      />
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
          Who takes it, when and why is recorded.
          {terms.showing === 'copy_once' ? ' You can copy it once; it is not shown.' : ''}
          {terms.rotateAfter && secret.accountId !== null ? ' It is changed on the target once you return it.' : ''}
        </Text>
        {agreed === undefined ? (
          <>
            <WhyFields secret={secret} value={why} onChange={setWhy} errors={fieldErrors(take.error)} />
            <DurationSelect value={seconds} maxSeconds={terms.longestSeconds} onChange={setSeconds} />
          </>
        ) : (
          <Text size="sm">A second person agreed: {agreed.reason}</Text>
        )}
        <Problem error={take.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={agreed === undefined && !saysEnough(secret, why)} loading={take.isPending}>
            Check out
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
