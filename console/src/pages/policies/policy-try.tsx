import { Button, Group, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Policy } from '../../api/shapes/platform.ts';
import { dryRunPolicy, validatePolicy } from '../../api/settings.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';

/** A policy's text to read, change and try: validation, then what would have been decided otherwise. Nothing is saved here. */
export const PolicyTry = ({ policy }: { readonly policy: Policy }) => {
  const [text, setText] = useState(policy.text);
  const validate = useMutation({ mutationFn: () => validatePolicy(text) });
  const dryRun = useMutation({ mutationFn: () => dryRunPolicy(text) });
  return (
    <div className="stack">
      <p>{policy.summary}</p>
      <Textarea
        label="Text"
        autosize
        minRows={6}
        maxRows={28}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12.5 } }}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          validate.reset();
          dryRun.reset();
        }}
      />
      <Group gap="xs">
        <Button variant="default" loading={validate.isPending} onClick={() => validate.mutate()}>
          Validate
        </Button>
        <Button variant="default" loading={dryRun.isPending} onClick={() => dryRun.mutate()}>
          Dry run on real decisions
        </Button>
      </Group>
      <Problem error={validate.error ?? dryRun.error} />
      <div role="status" className="stack">
        {validate.data === undefined ? null : (
          <StateBadge tone={validate.data.ok ? 'good' : 'bad'}>{validate.data.ok ? 'valid' : 'not valid'}</StateBadge>
        )}
        {validate.data?.issues.map((issue) => (
          <p key={issue.message}>
            {issue.line === null ? '' : `Line ${String(issue.line)}: `}
            {issue.message}
            {issue.help === null ? '' : ` ${issue.help}`}
          </p>
        ))}
        {dryRun.data === undefined ? null : (
          <>
            <p>
              {dryRun.data.changed.length} of {dryRun.data.considered.toLocaleString('en')} decisions would change.
            </p>
            <PlainTable
              label="Decisions that would change"
              rows={dryRun.data.changed}
              rowId={(row) => `${row.principal} ${row.action} ${row.resource}`}
              empty="Everything would be decided as before."
              columns={[
                { id: 'who', header: 'Who', title: true, cell: (row) => row.principal },
                { id: 'action', header: 'Action', cell: (row) => <span className="mono">{row.action}</span> },
                { id: 'what', header: 'On', cell: (row) => row.resource },
                { id: 'change', header: 'Change', cell: (row) => `${row.before} → ${row.after}` },
              ]}
            />
          </>
        )}
      </div>
    </div>
  );
};
