import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { decideHeldCommand, heldCommandsQuery, type HeldCommand } from '../../api/command-rules.ts';
import { can, useMe } from '../../api/me.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Countdown } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';

/** Commands that wait for somebody's word: what would run, where, and for how long it waits. Nothing where none does. */
export const HeldCommands = () => {
  const me = useMe();
  const may = can(me, 'held_command.list');
  const { data } = useQuery({ ...heldCommandsQuery, enabled: may });
  if (!may || data === undefined || data.items.length === 0) return null;
  return (
    <div style={{ padding: '0 20px 14px' }}>
      <PlainTable
        label="Commands that wait for somebody to agree"
        rows={data.items}
        rowId={(row) => row.id}
        empty=""
        columns={[
          {
            id: 'command',
            header: 'Waits for a word',
            title: true,
            cell: (row) => (
              <>
                <code style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{row.command}</code>
                <div className="dim small">by the rule {row.pattern}</div>
              </>
            ),
          },
          {
            id: 'who',
            header: 'Who',
            cell: (row) => (
              <Link to="/sessions/$id/watch" params={{ id: row.sessionId }}>
                {row.identityName} on <span className="mono">{`${row.accountName}@${row.systemName}`}</span>
              </Link>
            ),
          },
          { id: 'until', header: 'Waits', cell: (row) => <Countdown to={row.until} /> },
          {
            id: 'decide',
            header: 'Decide',
            cell: (row) => <Decide held={row} own={row.identityId === me.id} />,
          },
        ]}
      />
    </div>
  );
};

const Decide = ({ held, own }: { readonly held: HeldCommand; readonly own: boolean }) => {
  const act = useAct({
    run: (decision: 'allowed' | 'refused') => decideHeldCommand(held.id, decision),
    stales: ['sessions'],
    done: (_, decision) => (decision === 'allowed' ? 'It runs' : 'It is not run'),
  });
  if (own) return <span className="dim small">yours: somebody else decides</span>;
  return (
    <Button.Group>
      <Button size="xs" variant="default" loading={act.isPending} onClick={() => act.mutate('allowed')}>
        Let it run
      </Button>
      <Button size="xs" variant="default" disabled={act.isPending} onClick={() => act.mutate('refused')}>
        Refuse
      </Button>
    </Button.Group>
  );
};
