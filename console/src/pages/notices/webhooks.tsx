import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { changeWebhook, removeWebhook, rotateWebhook, testWebhook, webhookList } from '../../api/notices.ts';
import { useRows } from '../../api/pages.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Problem } from '../../ui/feedback/states.tsx';
import { Section } from '../../ui/page.tsx';
import { ShownOnce } from '../../ui/show/shown-once.tsx';
import { utc } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { AddWebhook } from './add-webhook.tsx';
import { SystemsDialog, SystemsOf } from './webhook-systems.tsx';

const stales = ['webhooks', 'webhook-deliveries'];

/** Receivers of signed events, and what each subscribed to. */
export const Webhooks = () => {
  const list = useRows(webhookList());
  const [secret, setSecret] = useState<string>();
  const [scoping, setScoping] = useState<string>();
  const change = useAct({ run: changeWebhook, stales, done: (row) => `${row.name} is ${row.state}` });
  const test = useAct({ run: testWebhook, stales, done: () => 'A test is on its way; see Deliveries' });
  const remove = useAct({ run: removeWebhook, stales, done: () => 'Removed' });
  const rotate = useAct({
    run: rotateWebhook,
    stales,
    done: (row) => `The old secret signs along until ${utc(row.oldUntil)}`,
    after: (row) => setSecret(row.secret),
  });
  const scoped = list.rows.find(({ id }) => id === scoping);
  type Row = (typeof list.rows)[number];
  const act = (row: Row, label: string, run: () => void, danger = false) => (
    <Button
      variant="subtle"
      size="compact-xs"
      {...(danger ? { color: 'red' } : {})}
      aria-label={`${label} ${row.name}`}
      onClick={run}
    >
      {label}
    </Button>
  );
  return (
    <Section title="Webhooks">
      <p className="dim">
        Signed as Standard Webhooks say, each event at least once under one id. Only what is no personal data is sent.
      </p>
      <Problem error={list.error} />
      <ShownOnce value={secret} label="the signing secret" onDone={() => setSecret(undefined)} />
      <PlainTable
        label="Webhooks"
        rows={list.rows}
        rowId={({ id }) => id}
        empty="Nothing is sent to other programs yet. Add a receiver below."
        columns={[
          { id: 'name', header: 'Name', title: true, cell: (row) => row.name },
          { id: 'kind', header: 'Form', cell: (row) => (row.kind === 'standard' ? 'signed' : row.kind) },
          { id: 'host', header: 'To', cell: (row) => <span className="mono">{row.host}</span> },
          { id: 'kinds', header: 'Events', cell: (row) => <span className="mono">{row.kinds.join(' ')}</span> },
          { id: 'systems', header: 'Systems', cell: (row) => <SystemsOf ids={row.systemIds} /> },
          {
            id: 'state',
            header: 'State',
            cell: (row) =>
              row.because === null
                ? row.failures === 0
                  ? row.state
                  : `${row.state}, ${String(row.failures)} tries unanswered`
                : `${row.state}: ${row.because}`,
          },
          {
            id: 'act',
            header: 'Actions',
            cell: (row) => (
              <Group gap={4}>
                {row.state === 'active' ? act(row, 'Send a test', () => test.mutate(row.id)) : null}
                {row.state === 'active'
                  ? act(row, 'Pause', () => change.mutate({ id: row.id, version: row.version, state: 'paused' }))
                  : act(row, 'Go on', () => change.mutate({ id: row.id, version: row.version, state: 'active' }))}
                {act(row, 'Systems…', () => setScoping(row.id))}
                {row.kind === 'standard' ? act(row, 'New secret', () => rotate.mutate(row.id)) : null}
                {act(
                  row,
                  'Remove',
                  () =>
                    void confirm({
                      title: `Remove ${row.name}?`,
                      text: 'Nothing is sent to it any more, what waits for it neither.',
                      action: 'Remove',
                      danger: true,
                    }).then((answer) => (answer === undefined ? undefined : remove.mutate(row.id))),
                  true,
                )}
              </Group>
            ),
          },
        ]}
      />
      {scoped === undefined ? null : (
        <SystemsDialog key={scoped.id} of={scoped} onClose={() => setScoping(undefined)} />
      )}
      <AddWebhook onSecret={setSecret} />
    </Section>
  );
};
