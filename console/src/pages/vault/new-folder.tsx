import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { makeFolder } from '../../api/guard.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';

/** Makes a folder. Nobody reads in it by that, whoever makes it included. */
export const NewFolder = ({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) => {
  const [form, setForm] = useState({ path: '', description: '' });
  const make = useAct({
    run: () => makeFolder({ path: form.path.trim(), description: form.description.trim() }),
    stales: ['secret-folders'],
    quiet: true,
    done: () => `${form.path.trim()} is there; grant its entitlements to who should use it`,
    after: () => {
      setForm({ path: '', description: '' });
      onClose();
    },
  });
  const wrong = fieldErrors(make.error);
  return (
    <Modal opened={opened} onClose={onClose} title="New folder of secrets" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          make.mutate(undefined);
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Path"
            placeholder="team/app"
            description="Secrets below it are called team/app/…"
            required
            withAsterisk={false}
            data-autofocus
            error={wrong['path']}
            value={form.path}
            onChange={(event) => setForm({ ...form, path: event.currentTarget.value })}
          />
          <TextInput
            label="What for"
            required
            withAsterisk={false}
            error={wrong['description']}
            value={form.description}
            onChange={(event) => setForm({ ...form, description: event.currentTarget.value })}
          />
          <Problem error={make.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              disabled={form.path.trim() === '' || form.description.trim() === ''}
              loading={make.isPending}
            >
              Make folder
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
