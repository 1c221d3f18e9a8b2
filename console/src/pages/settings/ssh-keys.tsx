import { TextInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { useRows } from '../../api/pages.ts';
import { addSshKey, removeSshKey, sshKeyList } from '../../api/settings.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Section } from '../../ui/page.tsx';
import { TimeAgo, utc } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { PlainForm } from '../../ui/plain-form.tsx';
import { AskButton } from '../../ui/feedback/ask-button.tsx';

export const SshKeys = () => {
  const list = useRows(sshKeyList());
  const [form, setForm] = useState({ name: '', publicKey: '', days: '' });
  const add = useAct({
    run: () =>
      addSshKey({
        name: form.name.trim(),
        publicKey: form.publicKey.trim(),
        ...(form.days.trim() === '' ? {} : { days: Number(form.days) }),
      }),
    stales: ['ssh-keys'],
    quiet: true,
    done: (row) => `Key registered. The gateway knows you by it until ${utc(row.endsAt)}`,
    after: () => setForm({ name: '', publicKey: '', days: '' }),
  });
  const remove = useAct({ run: removeSshKey, stales: ['ssh-keys'], done: () => 'Key removed' });
  const wrong = fieldErrors(add.error);
  return (
    <Section title="SSH keys">
      <p className="dim">
        The gateway knows you by these, and asks you in the browser besides, where your organisation says so. Only the
        public half belongs here.
      </p>
      <PlainTable
        label="SSH keys"
        rows={list.rows}
        rowId={({ id }) => id}
        empty="No key yet."
        columns={[
          { id: 'name', header: 'Name', title: true, cell: (row) => row.name },
          { id: 'fingerprint', header: 'Fingerprint', cell: (row) => <span className="mono">{row.fingerprint}</span> },
          { id: 'added', header: 'Added', cell: (row) => <TimeAgo at={row.createdAt} /> },
          { id: 'ends', header: 'Until', cell: (row) => utc(row.endsAt) },
          { id: 'used', header: 'Last used', cell: (row) => <TimeAgo at={row.lastUsedAt} /> },
          {
            id: 'remove',
            header: 'Actions',
            cell: (row) => (
              <AskButton
                label="Remove"
                of={`key ${row.name}`}
                title={`Remove ${row.name}?`}
                text="The gateway no longer lets it in, and sessions that came by it end."
                onYes={() => remove.mutate(row.id)}
              />
            ),
          },
        ]}
      />
      <PlainForm act={add} label="Register key" onSubmit={() => add.mutate(undefined)}>
        <TextInput
          label="Name"
          placeholder="Laptop"
          required
          withAsterisk={false}
          error={wrong['name']}
          value={form.name}
          onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
        />
        <Textarea
          label="Public key"
          description="The line in ~/.ssh/id_ed25519.pub"
          placeholder="ssh-ed25519 AAAA…"
          required
          withAsterisk={false}
          autosize
          minRows={3}
          spellCheck={false}
          error={wrong['publicKey']}
          value={form.publicKey}
          onChange={(event) => setForm({ ...form, publicKey: event.currentTarget.value })}
        />
        <TextInput
          label="For how many days"
          description="Empty: as long as may be"
          inputMode="numeric"
          error={wrong['days']}
          value={form.days}
          onChange={(event) => setForm({ ...form, days: event.currentTarget.value })}
        />
      </PlainForm>
    </Section>
  );
};
