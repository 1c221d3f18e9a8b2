import { Button, Group, Modal, Stack, Text, TextInput, Textarea } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { Problem } from './states.tsx';

interface WhoAndWhyDialogProps {
  readonly title: string;
  /** What comes of it. */
  readonly text: ReactNode;
  readonly whoLabel: string;
  readonly whoHint?: string;
  readonly whyLabel?: string;
  /** The verb on the button. */
  readonly action: string;
  /** What saying it does. */
  readonly act: {
    readonly mutate: (said: { readonly who: string; readonly because: string }) => void;
    readonly error: Error | null;
    readonly isPending: boolean;
  };
  /** What is wrong with who, and with why. */
  readonly wrong?: { readonly who?: string | undefined; readonly because?: string | undefined };
  readonly onClose: () => void;
}

/** Names somebody for something, and says why. */
export const WhoAndWhyDialog = ({
  title,
  text,
  whoLabel,
  whoHint = 'User name or id',
  whyLabel = 'Because',
  action,
  act,
  wrong = {},
  onClose,
}: WhoAndWhyDialogProps) => {
  const [who, setWho] = useState('');
  const [because, setBecause] = useState('');
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': 'Cancel' }}>
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          if (who.trim() !== '' && because.trim() !== '') act.mutate({ who: who.trim(), because: because.trim() });
        }}
      >
        <Stack gap="sm">
          <Text size="sm">{text}</Text>
          <TextInput
            label={whoLabel}
            description={whoHint}
            required
            withAsterisk={false}
            data-autofocus
            error={wrong.who}
            value={who}
            onChange={(event) => setWho(event.currentTarget.value)}
          />
          <Textarea
            label={whyLabel}
            required
            withAsterisk={false}
            autosize
            minRows={2}
            error={wrong.because}
            value={because}
            onChange={(event) => setBecause(event.currentTarget.value)}
          />
          <Problem error={act.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={act.isPending}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
