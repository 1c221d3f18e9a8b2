import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { activate } from '../../api/eligible.ts';
import type { Eligible } from '../../api/shapes/eligible.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { DurationSelect } from '../requests/duration-select.tsx';
import { nameOfEligible } from './eligible-words.ts';

const HOUR = 3600;

const Form = ({ of, close }: { readonly of: Eligible; readonly close: () => void }) => {
  const longest = of.longestSeconds ?? 8 * HOUR;
  const [reason, setReason] = useState('');
  const [seconds, setSeconds] = useState(Math.min(HOUR, longest));
  const act = useAct({
    run: () => activate({ what: of.eligibilityId, for: `${String(seconds)}s`, reason: reason.trim() }),
    stales: ['eligible', 'grants', 'identities', 'requests'],
    quiet: true,
    done: ({ request }) =>
      request.state === 'approved'
        ? `${nameOfEligible(of)} is active`
        : `${request.number} waits for approval; the time counts from then on`,
    after: close,
  });
  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        act.mutate(undefined);
      }}
    >
      <Stack gap="sm">
        <Text size="sm">
          {of.approvals === 0
            ? 'It is given now, and taken away again when the time is over.'
            : `It is given once ${of.approvals === 1 ? 'somebody approves' : `${String(of.approvals)} people approve`}, and taken away again when the time is over.`}
          {of.stepUp ? ' You prove afresh that it is you.' : ''}
        </Text>
        <Textarea
          label="What you need it for"
          required
          withAsterisk={false}
          autosize
          minRows={2}
          maxRows={6}
          data-autofocus
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <DurationSelect value={seconds} maxSeconds={longest} onChange={(value) => setSeconds(value ?? longest)} />
        <Problem error={act.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={act.isPending} disabled={reason.trim() === ''}>
            Activate
          </Button>
        </Group>
      </Stack>
    </form>
  );
};

/** The button that activates something: why, for how long, and it is there or waits for approval. */
export const Activate = ({ of }: { readonly of: Eligible }) => {
  const [asking, setAsking] = useState(false);
  const close = (): void => setAsking(false);
  const name = nameOfEligible(of);
  return (
    <>
      <Button size="compact-sm" onClick={() => setAsking(true)} aria-label={`Activate ${name}`}>
        Activate
      </Button>
      <Modal opened={asking} onClose={close} title={`Activate ${name}`} closeButtonProps={{ 'aria-label': 'Cancel' }}>
        <Form of={of} close={close} />
      </Modal>
    </>
  );
};
