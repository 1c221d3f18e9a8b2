import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { policyVersionList } from '../../api/policies.ts';
import type { PolicyVersion } from '../../api/shapes/platform.ts';
import { Page } from '../../ui/page.tsx';
import { StateBadge, type Tone } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { VersionDetail } from './version-detail.tsx';

const facets = {
  state: { label: 'State', values: ['draft', 'active', 'retired'] },
  origin: { label: 'Origin', values: ['shipped', 'custom'] },
};
const tones: Readonly<Record<PolicyVersion['state'], Tone>> = { draft: 'wait', active: 'good', retired: 'quiet' };

const columns: readonly Column<PolicyVersion>[] = [
  { id: 'name', header: 'Version', width: '22%', title: true, cell: (row) => <span className="mono">{row.name}</span> },
  {
    id: 'origin',
    header: 'Origin',
    width: '8rem',
    cell: (row) => (row.origin === 'shipped' ? <span className="dim">shipped</span> : 'your own'),
  },
  {
    id: 'state',
    header: 'State',
    width: '7rem',
    cell: (row) => <StateBadge tone={tones[row.state]}>{row.state}</StateBadge>,
  },
  { id: 'note', minor: true, header: 'What changed', cell: (row) => <span title={row.note}>{row.note}</span> },
  { id: 'made', header: 'Made', width: '8rem', cell: (row) => <TimeAgo at={row.createdAt} /> },
  { id: 'published', minor: true, header: 'Published', width: '8rem', cell: (row) => <TimeAgo at={row.publishedAt} /> },
];

/** The rules that decide, in versions; a change is drafted, replayed against real decisions, then published. */
export const PoliciesPage = () => {
  const me = useMe();
  const navigate = useNavigate();
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(policyVersionList());
  const rows = list.rows.filter(
    (row) =>
      (filters['state'] === undefined || row.state === filters['state']) &&
      (filters['origin'] === undefined || row.origin === filters['origin']) &&
      `${row.name} ${row.note}`.toLowerCase().includes(words.toLowerCase()),
  );
  const commands: readonly Command<PolicyVersion>[] = [
    {
      id: 'edit',
      label: 'Write a new version from this',
      keys: 'e',
      when: (row) => row.origin === 'custom' && can(me, 'policy.draft'),
      run: ([row]) => void navigate({ to: '/policies/new', search: row === undefined ? {} : { from: row.id } }),
    },
  ];
  return (
    <Page
      fill
      title="Policies"
      lead="Every decision names the policies that made it. A forbid wins over any permit; nothing said is no."
      actions={
        can(me, 'policy.draft') ? (
          <Button onClick={() => void navigate({ to: '/policies/new' })}>New version</Button>
        ) : null
      }
    >
      <ListView
        label="Policy versions"
        list={{ ...list, rows }}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        facets={facets}
        search={search}
        onSearch={setSearch}
        commands={commands}
        detail={(row) => <VersionDetail key={row.id} version={row} />}
        empty={{ title: 'No policy', text: 'Without a policy everything is refused.' }}
        cli="reeve policy ls"
      />
    </Page>
  );
};
