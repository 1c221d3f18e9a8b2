import { Button, Group, Modal, Stack, Text, TextInput, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { assignAccounts } from '../../api/people.ts';
import type { Account } from '../../api/shapes/people.ts';
import { useAct } from '../../ui/feedback/act.ts';

/** Says whose accounts are that nobody was known to own. */
export const AssignDialog = ({
  accounts,
  onClose,
}: {
  readonly accounts: readonly Account[];
  readonly onClose: () => void;
}) => {
  const [identity, setIdentity] = useState('');
  const [because, setBecause] = useState('');
  const assign = useAct({
    run: () =>
      assignAccounts(
        accounts.map(({ id }) => id),
        identity.trim(),
        because.trim(),
      ),
    stales: ['accounts', 'identities', 'drift', 'correlation'],
    done: ({ assigned }) => (assigned === 1 ? 'Assigned' : `${String(assigned)} accounts assigned`),
    after: onClose,
  });
  const ready = identity.trim() !== '' && because.trim() !== '';
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (ready) assign.mutate(undefined);
  };
  const [first] = accounts;
  return (
    <Modal
      opened
      onClose={onClose}
      title={
        accounts.length === 1
          ? `Whose is ${first?.name ?? 'it'}?`
          : `Whose are these ${String(accounts.length)} accounts?`
      }
      closeButtonProps={{ 'aria-label': 'Cancel' }}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">
            {accounts
              .slice(0, 6)
              .map(({ name, systemName }) => `${name} on ${systemName ?? ''}`)
              .join(', ')}
            {accounts.length > 6 ? ` and ${String(accounts.length - 6)} more` : ''}. What they hold without a grant is
            drift of this person from now on.
          </Text>
          <TextInput
            label="Whose"
            description="User name or id; a service answers to its owner"
            data-autofocus
            value={identity}
            onChange={(event) => setIdentity(event.currentTarget.value)}
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
