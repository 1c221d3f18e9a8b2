import { NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { useRows } from '../../api/pages.ts';
import { endToken, makeToken, tokenList } from '../../api/settings.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Section } from '../../ui/page.tsx';
import { ShownOnce } from '../../ui/show/shown-once.tsx';
import { Countdown, TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { PlainForm } from '../../ui/plain-form.tsx';
import { AskButton } from '../../ui/feedback/ask-button.tsx';

export const Tokens = () => {
  const list = useRows(tokenList());
  const [form, setForm] = useState({ name: '', scopes: '', days: '30' });
  const [value, setValue] = useState<string>();
  const make = useAct({
    run: () =>
      makeToken({
        name: form.name.trim(),
        scopes: form.scopes.split(/[\s,]+/).filter(Boolean),
        endsAt: new Date(Date.now() + Number(form.days) * 86_400_000).toISOString(),
      }),
    stales: ['tokens'],
    quiet: true,
    after: (token) => {
      setValue(token.token);
      setForm({ name: '', scopes: '', days: '30' });
    },
  });
  const end = useAct({ run: endToken, stales: ['tokens'], done: () => 'Token ended' });
  const wrong = fieldErrors(make.error);
  return (
    <Section title="API tokens">
      <p className="dim">For programs that act as you. A token can do no more than its scopes, and no more than you.</p>
      <ShownOnce value={value} label="the token" onDone={() => setValue(undefined)} />
      <PlainTable
        label="API tokens"
        rows={list.rows}
        rowId={({ id }) => id}
        empty="No token."
        columns={[
          { id: 'name', header: 'Name', title: true, cell: (row) => row.name },
          { id: 'scopes', header: 'Scopes', cell: (row) => <span className="mono">{row.scopes.join(' ')}</span> },
          { id: 'ends', header: 'Ends in', cell: (row) => <Countdown to={row.endsAt} over="ended" /> },
          { id: 'used', header: 'Last used', cell: (row) => <TimeAgo at={row.lastUsedAt} /> },
          {
            id: 'end',
            header: 'Actions',
            cell: (row) => (
              <AskButton
                label="End"
                of={`token ${row.name}`}
                title={`End ${row.name}?`}
                text="Programs that use it are refused at once."
                action="End token"
                onYes={() => end.mutate(row.id)}
              />
            ),
          },
        ]}
      />
      <PlainForm act={make} label="Make token" onSubmit={() => make.mutate(undefined)}>
        <TextInput
          label="Name"
          placeholder="Nightly report"
          required
          withAsterisk={false}
          error={wrong['name']}
          value={form.name}
          onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
        />
        <TextInput
          label="Scopes"
          description="read, an action such as identity.list, or a noun such as audit.*"
          required
          withAsterisk={false}
          error={wrong['scopes']}
          value={form.scopes}
          onChange={(event) => setForm({ ...form, scopes: event.currentTarget.value })}
        />
        <NativeSelect
          label="Ends after"
          value={form.days}
          onChange={(event) => setForm({ ...form, days: event.currentTarget.value })}
          data={[
            { value: '1', label: '1 day' },
            { value: '7', label: '7 days' },
            { value: '30', label: '30 days' },
            { value: '90', label: '90 days' },
          ]}
        />
      </PlainForm>
    </Section>
  );
};
