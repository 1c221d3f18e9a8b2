import { Button, Group, Modal, NativeSelect, Stack, Text, Textarea } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { takeEmergencyAccess } from '../../api/emergency.ts';
import type { EmergencyPath } from '../../api/shapes/emergency.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { lengths, thing } from './emergency-words.ts';

const Form = ({ path, close }: { readonly path: EmergencyPath; readonly close: () => void }) => {
  const navigate = useNavigate();
  const [reason, setReason] = useState('');
  const [minutes, setMinutes] = useState(String(path.longestMinutes));
  const act = useAct({
    run: () => takeEmergencyAccess(path.id, { reason: reason.trim(), minutes: Number(minutes) }),
    stales: ['emergency', 'grants'],
    quiet: true,
    done: () => `You have ${thing(path.what)}. Owners and security officers were told.`,
    after: (use) => {
      close();
      void navigate({ to: '/emergency/uses/$id', params: { id: use.id } });
    },
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
          You get {thing(path.what)} at once, without approval. Its owners and security officers are told now, your
          sessions are recorded, and somebody else reviews them.
        </Text>
        <Textarea
          label="What happened"
          required
          withAsterisk={false}
          autosize
          minRows={2}
          maxRows={6}
          data-autofocus
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <NativeSelect
          label="For how long"
          data={lengths(path.longestMinutes)}
          value={minutes}
          onChange={(event) => setMinutes(event.currentTarget.value)}
        />
        <Problem error={act.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" color="red" loading={act.isPending} disabled={reason.trim() === ''}>
            Take access
          </Button>
        </Group>
      </Stack>
    </form>
  );
};

/** The button that starts emergency access: a reason, a fresh proof, and it is there. */
export const TakeAccess = ({ path }: { readonly path: EmergencyPath }) => {
  const [asking, setAsking] = useState(false);
  const close = (): void => setAsking(false);
  return (
    <>
      <Button size="compact-sm" color="red" onClick={() => setAsking(true)} aria-label={`Take access: ${path.name}`}>
        Take access
      </Button>
      <Modal
        opened={asking}
        onClose={close}
        title={`Emergency access: ${path.name}`}
        closeButtonProps={{ 'aria-label': 'Cancel' }}
      >
        <Form path={path} close={close} />
      </Modal>
    </>
  );
};
