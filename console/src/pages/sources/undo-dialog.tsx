import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { undoPreviewQuery, undoRun } from '../../api/sources.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { UndoPlan } from './undo-plan.tsx';

/** Takes a delivery back: what that does, to whom, and only then the doing. */
export const UndoDialog = ({
  id,
  name,
  onClose,
}: {
  readonly id: string;
  readonly name: string;
  readonly onClose: () => void;
}) => {
  const [because, setBecause] = useState('');
  const preview = useQuery(undoPreviewQuery(id));
  const doing = useAct({
    run: () => undoRun(id, because.trim()),
    stales: ['feed-runs', 'mass-changes', 'identities', 'accounts', 'grants'],
    done: ({ already, state }) =>
      already
        ? 'It was asked for before'
        : state === 'held'
          ? 'It is over a limit and waits under Changes'
          : 'It is being taken back',
    after: onClose,
  });
  const plan = preview.data;
  const may = plan !== undefined && plan.refusals.length === 0 && plan.effects.length > 0;
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={`Take back the ${name}?`}
      closeButtonProps={{ 'aria-label': 'Cancel' }}
    >
      <Stack gap="sm">
        <Text size="sm">
          Everybody it changed is made what they were before it, with what they had, never for longer. Who was changed
          since is left alone.
        </Text>
        {preview.isPending ? <Waiting /> : null}
        {preview.error === null ? null : <Failed error={preview.error} onRetry={() => void preview.refetch()} />}
        {plan === undefined ? null : <UndoPlan of={plan} />}
        {may ? (
          <Textarea
            label="Why"
            description="Kept with it"
            autosize
            minRows={2}
            maxRows={6}
            value={because}
            onChange={(event) => setBecause(event.currentTarget.value)}
          />
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            color="red"
            disabled={!may || because.trim() === ''}
            loading={doing.isPending}
            onClick={() => doing.mutate(undefined)}
          >
            Take it back
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
};
