import { Link } from '@tanstack/react-router';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { checkList, checkNow, type CredentialCheck } from '../../api/rotations.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Page } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { toneOf } from './rotation-words.ts';

const facets = { state: { label: 'State', values: ['works', 'refused', 'unknown'] } };

const columns: readonly Column<CredentialCheck>[] = [
  { id: 'secret', header: 'Credential', title: true, cell: (row) => <span className="mono">{row.secretName}</span> },
  {
    id: 'state',
    header: 'On its target',
    width: '9rem',
    cell: (row) => <StateBadge tone={toneOf(row.state)}>{row.state}</StateBadge>,
  },
  { id: 'since', header: 'Since', width: '8rem', cell: (row) => <TimeAgo at={row.since} /> },
  { id: 'tried', header: 'Last tried', width: '8rem', cell: (row) => <TimeAgo at={row.checkedAt} /> },
  { id: 'problem', header: 'Problem', cell: (row) => row.problem ?? <span className="dim">none</span> },
];

/** Whether each credential logs in on its target, as last tried. */
export const ChecksPage = () => {
  const me = useMe();
  const [search, setSearch] = useListSearch();
  const { filters } = parseTokens(search.q ?? '', facets);
  const list = useRows(checkList(filters['state']));
  const check = useAct({ run: checkNow, stales: ['credential-checks'], done: () => 'It is being tried' });
  const commands: readonly Command<CredentialCheck>[] = [
    {
      id: 'check',
      label: 'Try now',
      keys: 'e',
      primary: true,
      when: () => can(me, 'credential.check'),
      run: ([row]) => (row === undefined ? undefined : check.mutate(row.secretId)),
    },
  ];
  return (
    <Page
      fill
      title="Which credentials work"
      lead="Each is tried on a schedule by logging in. One that was changed behind Reeve is repaired or reported, as its policy says."
      crumbs={<Link to="/rotations">Rotations</Link>}
    >
      <ListView
        label="Credentials"
        list={list}
        columns={columns}
        rowId={(row) => row.secretId}
        rowName={(row) => row.secretName}
        facets={facets}
        search={search}
        onSearch={setSearch}
        commands={commands}
        empty={{ title: 'None was tried yet', text: 'They are tried within a minute of being kept.' }}
        cli="reeve rotate checks"
      />
    </Page>
  );
};
