import { Button, Group, Modal, Stack, Text, TextInput, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { merge, previewMerge } from '../../api/merging.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { MergePlanShown } from './merge-plan.tsx';

/** Says that this identity is another one: whom, what that does, and only then the doing. */
export const MergeDialog = ({
  id,
  name,
  onClose,
}: {
  readonly id: string;
  readonly name: string;
  readonly onClose: () => void;
}) => {
  const navigate = useNavigate();
  const [into, setInto] = useState('');
  const [because, setBecause] = useState('');
  const preview = useMutation({ mutationFn: () => previewMerge(id, into.trim()) });
  const doing = useAct({
    run: () => merge(id, into.trim(), because.trim()),
    stales: ['identities', 'accounts', 'grants', 'drift', 'sod', 'requests'],
    done: () => `${name} is ${preview.data?.to.displayName ?? 'them'} now`,
    after: ({ survivorId }) => {
      onClose();
      void navigate({ to: '/identities/$id', params: { id: survivorId } });
    },
  });
  const look = (event: FormEvent): void => {
    event.preventDefault();
    if (into.trim() !== '') preview.mutate();
  };
  const plan = preview.data;
  const ready = plan !== undefined && plan.refusals.length === 0 && because.trim() !== '';
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={`${name} is the same person as…`}
      closeButtonProps={{ 'aria-label': 'Cancel' }}
    >
      <Stack gap="sm">
        <Text size="sm">
          What {name} has goes over to the one who stays, and {name} can do nothing any more. The past stays as it was.
          It can be taken back.
        </Text>
        <form onSubmit={look}>
          <Group align="end" gap="xs">
            <TextInput
              label="Who stays"
              description="User name or id"
              data-autofocus
              style={{ flex: 1 }}
              value={into}
              onChange={(event) => {
                setInto(event.currentTarget.value);
                preview.reset();
              }}
            />
            <Button type="submit" variant="default" loading={preview.isPending}>
              Show what that does
            </Button>
          </Group>
        </form>
        {preview.error === null ? null : <Problem error={preview.error} />}
        {plan === undefined ? null : (
          <>
            <Text size="sm">
              {plan.from.displayName} ({plan.from.username ?? plan.from.identityId}) becomes {plan.to.displayName} (
              {plan.to.username ?? plan.to.identityId}).
            </Text>
            <MergePlanShown plan={plan} />
          </>
        )}
        {plan === undefined || plan.refusals.length > 0 ? null : (
          <Textarea
            label="Why you are sure"
            description="Kept with it"
            autosize
            minRows={2}
            maxRows={6}
            value={because}
            onChange={(event) => setBecause(event.currentTarget.value)}
          />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button color="red" disabled={!ready} loading={doing.isPending} onClick={() => doing.mutate(undefined)}>
            It is the same person
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
};
