import { Button, Group, Modal, NativeSelect, Stack, TextInput, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { holdRecordings } from '../../api/keeping.ts';
import { useAct } from '../../ui/feedback/act.ts';

const scopes = [
  { value: 'identity', label: 'A person or service', names: 'User name or id' },
  { value: 'session', label: 'A session', names: 'Its id' },
  { value: 'system', label: 'A system', names: 'Name or id' },
  { value: 'class', label: 'A class', names: 'Its name' },
] as const;

/** Keeps recordings of something, whatever their class says, until two people lift it. */
export const HoldDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const [scope, setScope] = useState<(typeof scopes)[number]['value']>('identity');
  const [subject, setSubject] = useState('');
  const [reason, setReason] = useState('');
  const hold = useAct({
    run: holdRecordings,
    stales: ['keeping'],
    done: ({ onName }) => `Recordings of ${onName} are held`,
    after: onClose,
  });
  const ready = subject.trim() !== '' && reason.trim() !== '';
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (ready) hold.mutate({ scope, subject: subject.trim(), reason: reason.trim() });
  };
  return (
    <Modal opened onClose={onClose} title="Hold recordings" closeButtonProps={{ 'aria-label': 'Cancel' }}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <NativeSelect
            label="Of"
            data={scopes.map(({ value, label }) => ({ value, label }))}
            value={scope}
            onChange={(event) => setScope(event.currentTarget.value as typeof scope)}
          />
          <TextInput
            label="Which"
            description={scopes.find(({ value }) => value === scope)?.names}
            value={subject}
            onChange={(event) => setSubject(event.currentTarget.value)}
          />
          <Textarea
            label="Reason"
            autosize
            minRows={2}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!ready} loading={hold.isPending}>
              Hold
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
