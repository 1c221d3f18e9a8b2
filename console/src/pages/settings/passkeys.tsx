import { Button, Group, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useRows } from '../../api/pages.ts';
import { passkeyList, removePasskey } from '../../api/settings.ts';
import { addPasskey } from '../../api/signin.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Section } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { AskButton } from '../../ui/feedback/ask-button.tsx';

export const Passkeys = () => {
  const list = useRows(passkeyList());
  const [name, setName] = useState('');
  const add = useAct({
    run: () => addPasskey(name.trim()),
    stales: ['passkeys'],
    quiet: true,
    done: () => 'Passkey added',
    after: () => setName(''),
  });
  const remove = useAct({ run: removePasskey, stales: ['passkeys'], done: () => 'Passkey removed' });
  return (
    <Section title="Passkeys">
      <PlainTable
        label="Passkeys"
        rows={list.rows}
        rowId={({ id }) => id}
        empty="No passkey yet. It is the safest way in: nothing to type, nothing to steal."
        columns={[
          { id: 'name', header: 'Name', title: true, cell: (row) => row.name },
          { id: 'made', header: 'Made', cell: (row) => <TimeAgo at={row.createdAt} /> },
          { id: 'used', header: 'Last used', cell: (row) => <TimeAgo at={row.lastUsedAt} /> },
          {
            id: 'remove',
            header: 'Actions',
            cell: (row) => (
              <AskButton
                label="Remove"
                of={`passkey ${row.name}`}
                title={`Remove ${row.name}?`}
                text="It no longer signs you in."
                onYes={() => remove.mutate(row.id)}
              />
            ),
          },
        ]}
      />
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          add.mutate(undefined);
        }}
      >
        <Group align="end" gap="xs">
          <TextInput
            label="Name of this device"
            placeholder="Laptop"
            required
            withAsterisk={false}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" size="sm" loading={add.isPending}>
            Add a passkey
          </Button>
        </Group>
        <Problem error={add.error} />
      </form>
    </Section>
  );
};
