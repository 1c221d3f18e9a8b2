import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import type { CheckoutAsk, SecretDetail } from '../../api/shapes/vault.ts';
import { codeOf } from '../../api/vault.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Copyable } from '../../ui/show/copyable.tsx';
import { Countdown } from '../../ui/show/time-ago.tsx';
import { noWhy, saysEnough, whySaid, WhyFields } from './why-fields.tsx';

interface CodeFormProps {
  readonly secret: SecretDetail;
  readonly agreed: CheckoutAsk | undefined;
  readonly onClose: () => void;
}

/** The one-time code of now. The seed is shown to nobody. */
export const CodeForm = ({ secret, agreed, onClose }: CodeFormProps) => {
  const [why, setWhy] = useState(noWhy);
  const get = useMutation({ mutationFn: () => codeOf(secret.id, whySaid(why)), gcTime: 0 });
  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        get.mutate();
      }}
    >
      <Stack gap="sm">
        {get.data === undefined ? (
          <Text size="sm">You get the code of now. The seed it is made from stays in the vault.</Text>
        ) : (
          <div>
            <Copyable text={get.data.code} label="the code" />
            <p className="dim small">
              Good for <Countdown to={get.data.validUntil} />
            </p>
          </div>
        )}
        {agreed === undefined ? (
          <WhyFields secret={secret} value={why} onChange={setWhy} errors={fieldErrors(get.error)} />
        ) : null}
        <Problem error={get.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button type="submit" disabled={agreed === undefined && !saysEnough(secret, why)} loading={get.isPending}>
            Get the code
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
