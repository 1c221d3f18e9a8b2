import { Button, Group, Modal, Stack, Text, TextInput, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { ownFinding } from '../../api/findings.ts';
import type { Finding } from '../../api/shapes/findings.ts';
import { useAct } from '../../ui/feedback/act.ts';

/** Says who answers for privileged accounts. */
export const OwnDialog = ({ rows, onClose }: { readonly rows: readonly Finding[]; readonly onClose: () => void }) => {
  const [owner, setOwner] = useState('');
  const [because, setBecause] = useState('');
  const assign = useAct({
    run: () => Promise.all(rows.map(({ id }) => ownFinding(id, owner.trim(), because.trim()))),
    stales: ['findings'],
    done: () => 'Somebody answers for it now',
    after: onClose,
  });
  const ready = owner.trim() !== '' && because.trim() !== '';
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (ready) assign.mutate(undefined);
  };
  return (
    <Modal opened onClose={onClose} title="Who answers for it?" closeButtonProps={{ 'aria-label': 'Cancel' }}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">
            {[...new Set(rows.map(({ accountName, systemName }) => `${accountName || 'everybody'} on ${systemName}`))]
              .slice(0, 6)
              .join(', ')}
            : they answer for all that is found about it there.
          </Text>
          <TextInput
            label="Owner"
            description="User name or id"
            data-autofocus
            value={owner}
            onChange={(event) => setOwner(event.currentTarget.value)}
          />
          <Textarea
            label="Because"
            autosize
            minRows={2}
            value={because}
            onChange={(event) => setBecause(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!ready} loading={assign.isPending}>
              Assign
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
