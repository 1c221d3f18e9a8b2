import { Button } from '@mantine/core';
import { caseList, lookAgain, resolveCase } from '../../api/lifecycle.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import type { Item } from '../../api/shapes/of-contract.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Page } from '../../ui/page.tsx';
import { StateBadge, type Tone } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { CaseDetail, percent } from './case-detail.tsx';

type Case = Item<'correlation.list'>;

const tones: Readonly<Record<string, Tone>> = { open: 'wait', linked: 'good', nobody: 'quiet', closed: 'quiet' };
const facets = { state: { label: 'State', values: Object.keys(tones) }, system: { label: 'System' } };
const likeliest = (row: Case): string => {
  const [first] = row.candidates;
  return first === undefined ? 'nobody fits' : `${first.name ?? first.identityId}, ${percent(first.score)}`;
};

const columns: readonly Column<Case>[] = [
  { id: 'account', header: 'Account', title: true, cell: (row) => row.accountName },
  { id: 'system', header: 'System', width: '18%', cell: (row) => row.systemName },
  { id: 'likeliest', header: 'Likeliest', width: '28%', cell: likeliest },
  {
    id: 'state',
    header: 'State',
    width: '8rem',
    cell: (row) => <StateBadge tone={tones[row.state] ?? 'info'}>{row.state}</StateBadge>,
  },
  { id: 'since', minor: true, header: 'Since', width: '7rem', cell: (row) => <TimeAgo at={row.openedAt} /> },
];

/** Accounts that may be somebody's, and not surely enough for Reeve to say so by itself. */
export const CorrelationPage = () => {
  const me = useMe();
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(caseList(filters));
  const shown = words.toLowerCase();
  const rows = list.rows.filter((row) => `${row.accountName} ${likeliest(row)}`.toLowerCase().includes(shown));
  const resolve = useAct({
    run: ({ id, identityId, because }: { id: string; identityId: string | null; because: string }) =>
      resolveCase(id, identityId, because),
    stales: ['correlation', 'accounts', 'identities'],
    done: (row) => (row.state === 'linked' ? 'Linked' : 'Noted: nobody of these'),
  });
  const look = useAct({
    run: () => lookAgain(),
    stales: ['correlation'],
    done: () => 'Looking again at every account without an owner',
  });
  const may = can(me, 'correlation_case.resolve');
  const ask = (row: Case, identityId: string | null, whose: string): void =>
    void confirm({
      title: identityId === null ? `Is ${row.accountName} nobody's of these?` : `Is ${row.accountName} ${whose}'s?`,
      text:
        identityId === null
          ? 'The account stays without an owner, and is not asked about again unless something changes.'
          : `What it holds on ${row.systemName} counts as theirs from now on, for reviews and for separation of duties.`,
      action: identityId === null ? 'Nobody of these' : 'Link',
      reason: 'required',
    }).then((answer) =>
      answer === undefined ? undefined : resolve.mutate({ id: row.id, identityId, because: answer.reason }),
    );
  const commands: readonly Command<Case>[] = [
    {
      id: 'link',
      label: 'It is the likeliest’s…',
      keys: 'e',
      primary: true,
      when: (row) => may && row.state === 'open' && row.candidates.length > 0,
      run: ([row]) => {
        const first = row?.candidates[0];
        if (row !== undefined && first !== undefined) ask(row, first.identityId, first.name ?? 'the likeliest');
      },
    },
    {
      id: 'nobody',
      label: 'Nobody of these…',
      keys: 'r',
      when: (row) => may && row.state === 'open',
      run: ([row]) => {
        if (row !== undefined) ask(row, null, '');
      },
    },
  ];
  return (
    <Page
      fill
      title="Whose accounts"
      lead="Accounts that may be somebody’s, and not surely enough to be linked without you."
      actions={
        can(me, 'correlation_case.look') ? (
          <Button variant="default" loading={look.isPending} onClick={() => look.mutate(undefined)}>
            Look again
          </Button>
        ) : null
      }
    >
      <ListView
        label="Cases"
        list={{ ...list, rows }}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => `${row.accountName} on ${row.systemName}`}
        facets={facets}
        search={search}
        onSearch={setSearch}
        commands={commands}
        detail={(row) => (
          <CaseDetail
            of={row}
            onChoose={may && row.state === 'open' ? (identityId, name) => ask(row, identityId, name) : undefined}
          />
        )}
        empty={{
          title: 'Nothing to decide',
          text: 'Accounts are compared with people after every reading; what fits one person surely is linked by itself.',
        }}
        cli={`reeve correlation ls${filters['state'] === undefined ? '' : ` --state ${filters['state']}`}`}
      />
    </Page>
  );
};
