import { Button, Group, Modal, Stack, Text, TextInput, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { renewIdentity } from '../../api/owners.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const DAY = 86_400_000;

interface RenewDialogProps {
  readonly who: { readonly id: string; readonly displayName: string; readonly contractEnd: string | null };
  readonly onClose: () => void;
}

/** Puts an end later: until when, and why. */
export const RenewDialog = ({ who, onClose }: RenewDialogProps) => {
  const from = Math.max(Date.now(), who.contractEnd === null ? 0 : Date.parse(who.contractEnd));
  const [until, setUntil] = useState(day(from + 90 * DAY));
  const [because, setBecause] = useState('');
  const renew = useAct({
    run: () => renewIdentity(who.id, `${until}T00:00:00Z`, because.trim()),
    stales: ['identities', 'handovers', 'vendors'],
    quiet: true,
    done: () => `${who.displayName} goes on until ${until}`,
    after: onClose,
  });
  const wrong = fieldErrors(renew.error);
  return (
    <Modal opened onClose={onClose} title={`Renew ${who.displayName}`} closeButtonProps={{ 'aria-label': 'Cancel' }}>
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          renew.mutate(undefined);
        }}
      >
        <Stack gap="sm">
          <Text size="sm">
            {who.contractEnd === null
              ? 'There is no end yet.'
              : `Ends on ${day(Date.parse(who.contractEnd))} as it is.`}{' '}
            It ends by itself at the new end, unless it is renewed again.
          </Text>
          <TextInput
            type="date"
            label="Until"
            required
            withAsterisk={false}
            min={day(from + DAY)}
            error={wrong['until']}
            value={until}
            onChange={(event) => setUntil(event.currentTarget.value)}
          />
          <Textarea
            label="Why it is needed for longer"
            required
            withAsterisk={false}
            autosize
            minRows={2}
            data-autofocus
            error={wrong['because']}
            value={because}
            onChange={(event) => setBecause(event.currentTarget.value)}
          />
          <Problem error={renew.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={renew.isPending}>
              Renew
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
