import { Link } from '@tanstack/react-router';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { miningRunList } from '../../api/role-mining.ts';
import { Loaded } from '../../ui/feedback/loaded.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { Improvements } from './improvements.tsx';
import { asked, TONES } from './run-words.ts';
import { StartForm } from './start-form.tsx';

/** Looks for roles in what people hold directly: those that were, and a new one. */
export const RoleMiningPage = () => {
  const me = useMe();
  const list = useRows(miningRunList());
  return (
    <Page title="Role mining" lead="Roles that would say in few words what people hold by many single grants.">
      {can(me, 'role_mining.start') ? (
        <Section title="Look for roles">
          <StartForm />
        </Section>
      ) : null}
      {can(me, 'role_version.list') ? (
        <Section title="What could be better about the roles there are">
          <Improvements />
        </Section>
      ) : null}
      <Section title="Looks">
        <Loaded list={list}>
          {(rows) => (
            <PlainTable
              label="Looks"
              rows={rows}
              rowId={(row) => row.id}
              empty="Nobody has looked for roles yet."
              columns={[
                {
                  id: 'what',
                  header: 'What',
                  title: true,
                  cell: (row) => (
                    <Link to="/role-mining/$id" params={{ id: row.id }}>
                      {asked(row)}
                    </Link>
                  ),
                },
                {
                  id: 'state',
                  header: 'State',
                  cell: (row) => (
                    <StateBadge tone={TONES[row.state] ?? 'info'}>
                      {row.state === 'running' ? `${String(row.progress)} %` : row.state}
                    </StateBadge>
                  ),
                },
                { id: 'people', header: 'People', right: true, cell: (row) => row.people ?? '' },
                { id: 'entitlements', header: 'Entitlements', right: true, cell: (row) => row.entitlements ?? '' },
                { id: 'at', header: 'Asked', cell: (row) => <TimeAgo at={row.askedAt} /> },
              ]}
            />
          )}
        </Loaded>
        {list.hasMore ? (
          <button type="button" onClick={list.more}>
            Show more
          </button>
        ) : null}
      </Section>
    </Page>
  );
};
