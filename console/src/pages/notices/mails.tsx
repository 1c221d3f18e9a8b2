import { Button, Switch } from '@mantine/core';
import { useState } from 'react';
import { mailList, retryMail } from '../../api/notices.ts';
import { useRows } from '../../api/pages.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Section } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';

const STATES = { waiting: 'waits', sent: 'sent', not_sent: 'not sent' } as const;

/** Who was told by mail, and who was not and why. */
export const Mails = () => {
  const [failed, setFailed] = useState(false);
  const list = useRows(mailList(failed ? 'not_sent' : undefined));
  const retry = useAct({ run: retryMail, stales: ['mails'], done: () => 'It is tried again' });
  return (
    <Section
      title="Mails"
      aside={
        <Switch label="Only what was not sent" checked={failed} onChange={(e) => setFailed(e.currentTarget.checked)} />
      }
    >
      <Problem error={list.error} />
      <PlainTable
        label="Mails"
        rows={list.rows}
        rowId={({ id }) => id}
        empty="No mail."
        columns={[
          { id: 'who', header: 'To', title: true, cell: (row) => row.identityName },
          { id: 'what', header: 'Text', cell: (row) => <span className="mono">{row.template}</span> },
          {
            id: 'state',
            header: 'State',
            cell: (row) =>
              row.heldUntil !== null && row.state === 'waiting' ? 'kept for a digest' : STATES[row.state],
          },
          { id: 'why', header: 'Why', cell: (row) => row.because ?? '' },
          { id: 'at', header: 'Since', cell: (row) => <TimeAgo at={row.wantedAt} /> },
          {
            id: 'act',
            header: 'Actions',
            cell: (row) =>
              row.state === 'not_sent' ? (
                <Button
                  variant="subtle"
                  size="compact-xs"
                  aria-label={`Try ${row.template} to ${row.identityName} again`}
                  onClick={() => retry.mutate(row.id)}
                >
                  Try again
                </Button>
              ) : null,
          },
        ]}
      />
      {list.hasMore ? (
        <Button variant="default" size="compact-sm" loading={list.loadingMore} onClick={list.more}>
          Show more
        </Button>
      ) : null}
    </Section>
  );
};
