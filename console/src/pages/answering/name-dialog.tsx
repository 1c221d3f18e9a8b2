import { Button, Group, Modal, Stack, Text, TextInput, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';

interface NameDialogProps {
  /** What somebody is to answer for. */
  readonly name: string;
  readonly text: string;
  readonly run: (to: string, because: string) => Promise<unknown>;
  readonly onClose: () => void;
}

/** Names somebody who is to answer for something, and why. */
export const NameDialog = ({ name, text, run, onClose }: NameDialogProps) => {
  const [to, setTo] = useState('');
  const [because, setBecause] = useState('');
  const naming = useAct({
    run: () => run(to.trim(), because.trim()),
    stales: ['identities', 'handovers'],
    quiet: true,
    done: () => `${to.trim()} is told`,
    after: onClose,
  });
  const wrong = fieldErrors(naming.error);
  return (
    <Modal opened onClose={onClose} title={`Who answers for ${name}?`} closeButtonProps={{ 'aria-label': 'Cancel' }}>
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          naming.mutate(undefined);
        }}
      >
        <Stack gap="sm">
          <Text size="sm">{text}</Text>
          <TextInput
            label="Who"
            description="User name or id"
            required
            withAsterisk={false}
            data-autofocus
            error={wrong['to'] ?? wrong['owner']}
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
          <Textarea
            label="Reason"
            required
            withAsterisk={false}
            autosize
            minRows={2}
            error={wrong['because']}
            value={because}
            onChange={(event) => setBecause(event.currentTarget.value)}
          />
          <Problem error={naming.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={naming.isPending}>
              Name them
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
