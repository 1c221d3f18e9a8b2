import { Button, Group, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { previewRules, putRules, type CorrelationRules, type RulesPreview } from '../../api/correlation.ts';
import { fieldErrors } from '../../api/errors.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Problem } from '../../ui/feedback/states.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { partsText, rulesOf, THRESHOLDS, typedOf, WEIGHTS } from './words.ts';

const outcome: Readonly<Record<string, string>> = { link: 'linked', case: 'a case', nothing: 'left alone' };
const sum = (of: RulesPreview['before']): string =>
  Object.entries(of)
    .map(([name, n]) => `${n.toLocaleString('en')} ${outcome[name] ?? name}`)
    .join(', ');

const Result = ({ of }: { readonly of: RulesPreview }) => (
  <div role="status" className="stack">
    <p>
      Of {of.accounts.toLocaleString('en')} accounts without an owner{of.more ? ' (the first)' : ''}: {sum(of.after)}.
      As the rules are: {sum(of.before)}.
    </p>
    <PlainTable
      label="Accounts"
      rows={of.items}
      rowId={(row) => row.accountId}
      empty="No account without an owner is like anybody."
      columns={[
        { id: 'account', header: 'Account', title: true, cell: (row) => `${row.accountName}@${row.systemName}` },
        { id: 'before', header: 'Now', cell: (row) => outcome[row.before] ?? row.before },
        { id: 'after', header: 'Would be', cell: (row) => outcome[row.after] ?? row.after },
        {
          id: 'who',
          header: 'Who it may be',
          cell: (row) =>
            row.candidates
              .map((c) => `${c.name ?? c.identityId} ${c.score.toFixed(2)} (${partsText(c.parts)})`)
              .join('; '),
        },
      ]}
    />
  </div>
);

/** What speaks for an account being somebody's, tried on the accounts there are before it is kept. */
export const RulesEditor = ({ rules, may }: { readonly rules: CorrelationRules; readonly may: boolean }) => {
  const [typed, setTyped] = useState(typedOf(rules));
  const draft = rulesOf(typed);
  const preview = useMutation({ mutationFn: (of: CorrelationRules) => previewRules(of) });
  const save = useAct({
    run: (of: CorrelationRules) => putRules(of),
    stales: ['correlation'],
    quiet: true,
    done: () => 'Kept; accounts without an owner are looked at again',
  });
  const problems = { ...fieldErrors(preview.error), ...fieldErrors(save.error) };
  const field = (name: string, label: string, description?: string) => (
    <TextInput
      key={name}
      label={label}
      {...(description === undefined ? {} : { description })}
      inputMode="decimal"
      disabled={!may}
      value={typed[name] ?? ''}
      error={problems[name]}
      onChange={(event) => setTyped({ ...typed, [name]: event.currentTarget.value })}
    />
  );
  return (
    <div className="stack">
      <p className="dim">
        Each attribute that fits speaks for somebody with its weight, from 0 to 1; together they add up as independent
        evidence.
      </p>
      <div className="stack" style={{ maxWidth: '28rem' }}>
        {WEIGHTS.map(([name, label]) => field(name, label))}
        {THRESHOLDS.map(([name, label, text]) => field(name, label, text))}
      </div>
      <Group gap="xs">
        <Button
          variant="default"
          disabled={draft === undefined}
          loading={preview.isPending}
          onClick={() => (draft === undefined ? undefined : preview.mutate(draft))}
        >
          Try
        </Button>
        {may ? (
          <Button
            disabled={draft === undefined}
            loading={save.isPending}
            onClick={() =>
              void confirm({
                title: 'Judge accounts so from now on?',
                text: 'Accounts without an owner are looked at again and linked where it is sure. Those that are linked stay so.',
                action: 'Keep it',
              }).then((answer) => (answer === undefined || draft === undefined ? undefined : save.mutate(draft)))
            }
          >
            Keep…
          </Button>
        ) : null}
      </Group>
      {draft === undefined ? <p className="dim">Each is a number from 0 to 1.</p> : null}
      <Problem error={preview.error ?? save.error} />
      {preview.data === undefined ? null : <Result of={preview.data} />}
    </div>
  );
};
