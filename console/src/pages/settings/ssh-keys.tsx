import { Button, TextInput, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { useRows } from '../../api/pages.ts';
import { addSshKey, removeSshKey, sshKeyList } from '../../api/settings.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Problem } from '../../ui/feedback/states.tsx';
import { Section } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';

export const SshKeys = () => {
  const list = useRows(sshKeyList());
  const [form, setForm] = useState({ name: '', publicKey: '' });
  const add = useAct({
    run: () => addSshKey({ name: form.name.trim(), publicKey: form.publicKey.trim() }),
    stales: ['ssh-keys'],
    quiet: true,
    done: () => 'Key registered. The gateway knows you by it from now on.',
    after: () => setForm({ name: '', publicKey: '' }),
  });
  const remove = useAct({ run: removeSshKey, stales: ['ssh-keys'], done: () => 'Key removed' });
  const wrong = fieldErrors(add.error);
  return (
    <Section title="SSH keys">
      <p className="dim">The gateway knows you by these. Only the public half belongs here.</p>
      <PlainTable
        label="SSH keys"
        rows={list.rows}
        rowId={({ id }) => id}
        empty="No key yet."
        columns={[
          { id: 'name', header: 'Name', title: true, cell: (row) => row.name },
          { id: 'fingerprint', header: 'Fingerprint', cell: (row) => <span className="mono">{row.fingerprint}</span> },
          { id: 'added', header: 'Added', cell: (row) => <TimeAgo at={row.createdAt} /> },
          { id: 'used', header: 'Last used', cell: (row) => <TimeAgo at={row.lastUsedAt} /> },
          {
            id: 'remove',
            header: 'Actions',
            cell: (row) => (
              <Button
                variant="subtle"
                color="red"
                size="compact-xs"
                aria-label={`Remove key ${row.name}`}
                onClick={() =>
                  void confirm({
                    title: `Remove ${row.name}?`,
                    text: 'The gateway no longer lets it in.',
                    action: 'Remove',
                    danger: true,
                  }).then((answer) => (answer === undefined ? undefined : remove.mutate(row.id)))
                }
              >
                Remove
              </Button>
            ),
          },
        ]}
      />
      <form
        className="stack"
        style={{ maxWidth: '40rem' }}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          add.mutate(undefined);
        }}
      >
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
        <Problem error={add.error} />
        <div>
          <Button type="submit" size="sm" loading={add.isPending}>
            Register key
          </Button>
        </div>
      </form>
    </Section>
  );
};
