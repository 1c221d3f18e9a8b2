import { Button, Group, Modal, Stack } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { Problem } from '../../ui/feedback/states.tsx';

/** A form of this page: its fields, what went wrong, and the button that sends it. */
export const FormDialog = ({
  title,
  opened,
  act,
  label,
  ready,
  onSubmit,
  onClose,
  children,
}: {
  readonly title: string;
  readonly opened: boolean;
  readonly act: { readonly error: Error | null; readonly isPending: boolean };
  /** The verb on the button. */
  readonly label: string;
  readonly ready: boolean;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) => (
  <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <Stack gap="sm">
        {children}
        <Problem error={act.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!ready} loading={act.isPending}>
            {label}
          </Button>
        </Group>
      </Stack>
    </form>
  </Modal>
);
