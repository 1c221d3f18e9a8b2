import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import type { SodException } from '../../api/shapes/sod.ts';
import { endSodException, sodExceptionList } from '../../api/sod.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Page } from '../../ui/page.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { Countdown, TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { Evidence, EvidenceBadge } from './evidence.tsx';
import { SodTabs } from './sod-tabs.tsx';
import { WarnDays } from './warn-days.tsx';
import { IdentityName } from '../identities/identity-name.tsx';

const columns: readonly Column<SodException>[] = [
  { id: 'rule', header: 'Rule', title: true, width: '24%', cell: (row) => row.ruleName },
  { id: 'who', header: 'Who', width: '18%', cell: (row) => <IdentityName id={row.identityId} /> },
  {
    id: 'control',
    minor: true,
    header: 'What makes up for it',
    cell: (row) => <span title={row.control}>{row.control}</span>,
  },
  {
    id: 'reason',
    minor: true,
    header: 'Reason',
    width: '22%',
    cell: (row) => <span title={row.reason}>{row.reason}</span>,
  },
  { id: 'evidence', header: 'Evidence', width: '9rem', cell: (row) => <EvidenceBadge of={row} /> },
  { id: 'ends', header: 'Ends in', width: '8rem', cell: (row) => <Countdown to={row.validTo} over="ended" /> },
];

/** Conflicts somebody decided to live with for a while, and what makes up for them. */
export const ExceptionsPage = () => {
  const me = useMe();
  const [search, setSearch] = useListSearch();
  const list = useRows(sodExceptionList());
  const end = useAct({
    run: (row: SodException) => endSodException(row.id),
    stales: ['sod'],
    done: () => 'Exception ended',
  });
  const commands: readonly Command<SodException>[] = [
    {
      id: 'end',
      label: 'End…',
      keys: 'r',
      danger: true,
      when: () => can(me, 'sod_exception.end'),
      run: ([row]) =>
        void confirm({
          title: `End the exception from ${row?.ruleName ?? ''}?`,
          text: 'The rule applies to this person again at once.',
          action: 'End',
          danger: true,
        }).then((answer) => (answer === undefined || row === undefined ? undefined : end.mutate(row))),
    },
  ];
  return (
    <Page
      fill
      title="Exceptions"
      crumbs={<SodTabs />}
      lead="Conflicts that are tolerated for a while, with what makes up for them."
      actions={<WarnDays />}
    >
      <ListView
        label="Exceptions"
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.ruleName}
        facets={{}}
        search={search}
        onSearch={setSearch}
        commands={commands}
        detail={(row) => (
          <div className="stack">
            <Facts
              of={[
                ['Rule', row.ruleName],
                ['Who', <IdentityName key="who" id={row.identityId} />],
                ['Reason', row.reason],
                ['Makes up for it', row.control],
                [
                  'Who sees to that',
                  row.controlOwnerId === null ? undefined : <IdentityName key="owner" id={row.controlOwnerId} />,
                ],
                ['Since', <TimeAgo key="since" at={row.validFrom} />],
                ['Ends in', <Countdown key="ends" to={row.validTo} over="ended" />],
              ]}
            />
            <Evidence of={row} />
          </div>
        )}
        empty={{ title: 'No exception', text: 'Every rule applies to everybody.' }}
        cli="reeve sod exceptions"
      />
    </Page>
  );
};
