import { Button, Group, Modal, Stack, Text, TextInput, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { reassignItems } from '../../api/reviewing.ts';
import type { CampaignItem } from '../../api/shapes/campaigns.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { previewOf } from './campaign-words.ts';

interface GiveOnProps {
  readonly campaignId: string;
  readonly items: readonly CampaignItem[];
  /** They are not all the asker's own: whoever runs the campaign reassigns them. */
  readonly everybodys: boolean;
  readonly onClose: () => void;
}

/** Gives items to somebody who knows better, with a reason. */
export const GiveOn = ({ campaignId, items, everybodys, onClose }: GiveOnProps) => {
  const [to, setTo] = useState('');
  const [reason, setReason] = useState('');
  const give = useAct({
    run: () =>
      reassignItems(campaignId, {
        to: to.trim(),
        reason: reason.trim(),
        items: items.map(({ id }) => id),
        scope: everybodys ? 'all' : 'mine',
      }),
    stales: ['campaigns'],
    quiet: true,
    done: ({ moved }) => `${String(moved)} given on; they were told`,
    after: onClose,
  });
  const wrong = fieldErrors(give.error);
  return (
    <Modal opened onClose={onClose} title="Give on" closeButtonProps={{ 'aria-label': 'Cancel' }}>
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          give.mutate(undefined);
        }}
      >
        <Stack gap="sm">
          <Text size="sm">{previewOf(items)} What you noted and did not sign is open again.</Text>
          <TextInput
            label="Who knows better"
            description="Username"
            required
            withAsterisk={false}
            data-autofocus
            error={wrong['to']}
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
          <Textarea
            label="Why"
            required
            withAsterisk={false}
            autosize
            minRows={2}
            error={wrong['reason']}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) event.currentTarget.form?.requestSubmit();
            }}
          />
          <Problem error={give.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={give.isPending}>
              Give on
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
