import { Button, Group, Modal, MultiSelect, NumberInput, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { secretList } from '../../api/guard.ts';
import { makeKit } from '../../api/kits.ts';
import { useRows } from '../../api/pages.ts';
import { identityList } from '../../api/people.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';

const blank = { name: '', secretIds: [] as string[], holderIds: [] as string[], threshold: 2, drillEveryDays: 180 };

/** Seals secrets into a kit. Whoever makes it sees neither its key nor a share. */
export const NewKit = ({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) => (
  <Modal opened={opened} onClose={onClose} title="New break-glass kit" closeButtonProps={{ 'aria-label': 'Close' }}>
    {opened ? <Form onClose={onClose} /> : null}
  </Modal>
);

const Form = ({ onClose }: { readonly onClose: () => void }) => {
  const [form, setForm] = useState(blank);
  const [looking, setLooking] = useState({ secret: '', holder: '' });
  const secrets = useRows(secretList({ search: looking.secret === '' ? undefined : looking.secret }));
  const people = useRows(identityList({ kind: 'person', search: looking.holder === '' ? undefined : looking.holder }));
  const make = useAct({
    run: () => makeKit({ ...form, name: form.name.trim() }),
    stales: ['kits'],
    quiet: true,
    done: ({ name }) => `${name} is sealed; each holder takes their share on this page, once`,
    after: onClose,
  });
  const wrong = fieldErrors(make.error);
  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        make.mutate(undefined);
      }}
    >
      <Stack gap="sm">
        <TextInput
          label="Name"
          required
          withAsterisk={false}
          data-autofocus
          error={wrong['name']}
          value={form.name}
          onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
        />
        <MultiSelect
          label="Secrets"
          description="What Reeve itself connects with, and what is shown to nobody, goes into none"
          searchable
          onSearchChange={(secret) => setLooking({ ...looking, secret })}
          error={wrong['secretIds']}
          data={secrets.rows.map(({ id, name }) => ({ value: id, label: name }))}
          value={form.secretIds}
          onChange={(secretIds) => setForm({ ...form, secretIds })}
        />
        <MultiSelect
          label="Who holds a share"
          searchable
          onSearchChange={(holder) => setLooking({ ...looking, holder })}
          error={wrong['holderIds']}
          data={people.rows.map(({ id, displayName }) => ({ value: id, label: displayName }))}
          value={form.holderIds}
          onChange={(holderIds) => setForm({ ...form, holderIds })}
        />
        <NumberInput
          label="Shares it takes to open"
          min={2}
          max={16}
          error={wrong['threshold']}
          value={form.threshold}
          onChange={(value) => setForm({ ...form, threshold: Number(value) || 2 })}
        />
        <NumberInput
          label="Days between drills"
          min={1}
          max={730}
          error={wrong['drillEveryDays']}
          value={form.drillEveryDays}
          onChange={(value) => setForm({ ...form, drillEveryDays: Number(value) || 180 })}
        />
        <Problem error={make.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            disabled={form.name.trim() === '' || form.secretIds.length === 0 || form.holderIds.length < form.threshold}
            loading={make.isPending}
          >
            Seal kit
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
