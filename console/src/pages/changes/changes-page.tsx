import { acceptChange, declineChange, massChangeList, undoChange } from '../../api/drift.ts';
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
import { ChangeDetail } from './change-detail.tsx';

type Change = Item<'massChanges.list'>;

const tones: Readonly<Record<string, Tone>> = {
  held: 'wait',
  canary: 'wait',
  applying: 'wait',
  undoing: 'wait',
  applied: 'good',
  undone: 'quiet',
  declined: 'quiet',
  superseded: 'quiet',
};
const facets = { state: { label: 'State', values: Object.keys(tones) } };
const why = (row: Change): string => row.heldBecause[0]?.detail ?? '';
/** How much a canary is: enough to see something, little enough to put back by hand. */
const CANARY = 5;

const columns: readonly Column<Change>[] = [
  { id: 'at', header: 'Planned', width: '8rem', cell: (row) => <TimeAgo at={row.plannedAt} /> },
  { id: 'title', header: 'What', title: true, cell: (row) => <span title={row.title}>{row.title}</span> },
  {
    id: 'state',
    header: 'State',
    width: '8rem',
    cell: (row) => <StateBadge tone={tones[row.state] ?? 'info'}>{row.state}</StateBadge>,
  },
  {
    id: 'made',
    header: 'Made',
    width: '8rem',
    right: true,
    cell: (row) => `${String(row.appliedTo)} of ${String(row.items)}`,
  },
  {
    id: 'why',
    minor: true,
    header: 'Held because',
    width: '34%',
    cell: (row) => <span title={why(row)}>{why(row)}</span>,
  },
];

/** Effects on many at once. Over a limit nothing of one is made until somebody has looked through it. */
export const ChangesPage = () => {
  const me = useMe();
  const [search, setSearch] = useListSearch();
  const { filters } = parseTokens(search.q ?? '', facets);
  const list = useRows(massChangeList(filters));
  const stales = ['mass-changes', 'drift', 'identities'];
  const accept = useAct({
    run: ({ id, because, canary }: { id: string; because: string; canary?: number }) =>
      acceptChange(id, because, canary),
    stales,
    done: (_, { canary }) =>
      canary === undefined ? 'Accepted; it is made now' : `The first ${String(canary)} are made now; the rest waits`,
  });
  const decline = useAct({
    run: ({ id, because }: { id: string; because: string }) => declineChange(id, because),
    stales,
    done: () => 'Declined; nothing more of it is made',
  });
  const undo = useAct({
    run: ({ id, because }: { id: string; because: string }) => undoChange(id, because),
    stales,
    done: () => 'It is being put back',
  });
  const ask =
    (title: string, text: string, action: string, then: (id: string, because: string) => void, danger = false) =>
    ([row]: readonly Change[]) =>
      void confirm({
        title,
        text: row === undefined ? text : `${row.title}. ${text}`,
        action,
        danger,
        reason: 'required',
      }).then((answer) => (answer === undefined || row === undefined ? undefined : then(row.id, answer.reason)));
  const waits = (row: Change): boolean => row.state === 'held' || row.state === 'canary';
  const mayAccept = can(me, 'mass_change.accept');
  const commands: readonly Command<Change>[] = [
    {
      id: 'accept',
      label: 'Make it…',
      keys: 'e',
      primary: true,
      when: (row) => mayAccept && waits(row),
      run: ask(
        'Make this change?',
        'All that is left of it is made.',
        'Make it',
        (id, because) => accept.mutate({ id, because }),
        true,
      ),
    },
    {
      id: 'canary',
      label: `Make the first ${String(CANARY)}…`,
      keys: 'c',
      when: (row) => mayAccept && waits(row) && row.items - row.appliedTo > CANARY,
      run: ask(
        `Make the first ${String(CANARY)}?`,
        'The rest waits until you have seen what came of them.',
        `Make ${String(CANARY)}`,
        (id, because) => accept.mutate({ id, because, canary: CANARY }),
        true,
      ),
    },
    {
      id: 'decline',
      label: 'Decline…',
      keys: 'r',
      when: (row) => mayAccept && waits(row),
      run: ask('Decline this change?', 'Nothing more of it is made.', 'Decline', (id, because) =>
        decline.mutate({ id, because }),
      ),
    },
    {
      id: 'undo',
      label: 'Put it back…',
      keys: 'u',
      when: (row) =>
        can(me, 'mass_change.undo') &&
        (row.state === 'applied' ||
          (row.appliedTo > 0 && row.state !== 'applying' && row.state !== 'undone' && row.state !== 'undoing')),
      run: ask(
        'Put this change back?',
        'Everything it did is undone, newest first.',
        'Put it back',
        (id, because) => undo.mutate({ id, because }),
        true,
      ),
    },
  ];
  return (
    <Page fill title="Changes" lead="Effects on many at once: planned whole, and held for you when they are too much.">
      <ListView
        label="Changes"
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => `${row.title}, ${row.state}`}
        facets={facets}
        search={search}
        onSearch={setSearch}
        commands={commands}
        detail={(row) => <ChangeDetail key={row.id} change={row} />}
        empty={{
          title: 'No changes yet',
          text: 'When something would change for many at once, it appears here first.',
        }}
        cli={`reeve changes ls${filters['state'] === undefined ? '' : ` --state ${filters['state']}`}`}
      />
    </Page>
  );
};
