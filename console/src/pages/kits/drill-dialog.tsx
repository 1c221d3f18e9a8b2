import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { recordDrill, type Kit } from '../../api/kits.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';

/** Records a drill: opened, with the code the kit gave, or not. */
export const DrillDialog = ({ kit, onClose }: { readonly kit: Kit | undefined; readonly onClose: () => void }) => (
  <Modal
    opened={kit !== undefined}
    onClose={onClose}
    title={`Drill ${kit?.name ?? ''}`}
    closeButtonProps={{ 'aria-label': 'Close' }}
  >
    {kit === undefined ? null : <Form kit={kit} onClose={onClose} />}
  </Modal>
);

const Form = ({ kit, onClose }: { readonly kit: Kit; readonly onClose: () => void }) => {
  const [form, setForm] = useState({ code: '', note: '' });
  const record = useAct({
    run: () =>
      recordDrill(kit.id, {
        note: form.note.trim(),
        ...(form.code.trim() === '' ? {} : { code: form.code.trim() }),
      }),
    stales: ['kits'],
    quiet: true,
    done: () => (form.code.trim() === '' ? 'Kept as a drill that did not open' : 'Kept: the kit opened'),
    after: onClose,
  });
  const wrong = fieldErrors(record.error);
  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        record.mutate(undefined);
      }}
    >
      <Stack gap="sm">
        <p className="dim">
          Bring the envelope and {kit.threshold} shares together on a machine you trust, and run{' '}
          <span className="mono">node open-kit.mjs envelope.json shares.txt --drill {kit.drills + 1}</span>. It prints a
          code, and no secret.
        </p>
        <TextInput
          label="Code it gave"
          description="Empty: it did not open"
          data-autofocus
          error={wrong['code']}
          value={form.code}
          onChange={(event) => setForm({ ...form, code: event.currentTarget.value })}
        />
        <Textarea
          label="How it went"
          required
          withAsterisk={false}
          error={wrong['note']}
          value={form.note}
          onChange={(event) => setForm({ ...form, note: event.currentTarget.value })}
        />
        <Problem error={record.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={form.note.trim() === ''} loading={record.isPending}>
            Record drill
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
