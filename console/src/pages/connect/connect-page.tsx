import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { openableQuery, type OpenableAccount } from '../../api/browser-sessions.ts';
import { Empty, Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { Tag } from '../../ui/show/badges.tsx';
import { CommandLine } from '../../ui/show/copyable.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';

const name = ({ account, system }: OpenableAccount): string => `${account}@${system}`;
const KINDS = { ssh: 'host', postgres: 'PostgreSQL', mysql: 'MySQL' } as const;

/** What I can open now, and how: in this browser, or with my own ssh, psql or mysql. */
export const ConnectPage = () => {
  const navigate = useNavigate();
  const openable = useQuery(openableQuery());
  const ask = (
    <Button variant="default" onClick={() => void navigate({ to: '/request' })}>
      Request access
    </Button>
  );
  if (openable.error !== null) return <Failed error={openable.error} onRetry={() => void openable.refetch()} />;
  const accounts = openable.data?.items ?? [];
  return (
    <Page
      title="Connect"
      lead="Accounts you can open now. Each session is decided when it begins, and recorded."
      actions={ask}
    >
      {openable.data === undefined ? (
        <Waiting />
      ) : accounts.length === 0 ? (
        <Empty title="Nothing to open now" text="What you may open appears here as soon as you have access to it.">
          {ask}
        </Empty>
      ) : (
        <PlainTable
          label="Accounts you can open"
          rows={accounts}
          rowId={name}
          empty=""
          columns={[
            { id: 'account', header: 'Account', title: true, cell: name },
            { id: 'what', header: 'What', cell: (row) => KINDS[row.protocol] },
            { id: 'own', header: 'Whose', cell: (row) => <Tag>{row.own ? 'yours' : 'shared'}</Tag> },
            {
              id: 'browser',
              header: 'In this browser',
              cell: (row) =>
                row.protocol === 'ssh' ? (
                  <Link
                    to="/connect/terminal"
                    search={{ system: row.system, account: row.account }}
                    aria-label={`Open a terminal on ${name(row)}`}
                  >
                    Open a terminal
                  </Link>
                ) : (
                  <Link
                    to="/connect/prompt"
                    search={{ system: row.system, account: row.account, database: '' }}
                    aria-label={`Open an SQL prompt on ${name(row)}`}
                  >
                    Open an SQL prompt
                  </Link>
                ),
            },
            {
              id: 'own-client',
              header: 'With your own client',
              cell: (row) => (
                <CommandLine
                  text={row.protocol === 'ssh' ? `reeve ssh ${name(row)}` : `reeve db connect ${name(row)}`}
                />
              ),
            },
          ]}
        />
      )}
    </Page>
  );
};
