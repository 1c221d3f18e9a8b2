import { Button, FileButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import type { Item } from '../../api/shapes/of-contract.ts';
import { acceptRun, collectSource, declineRun, deliverFeed, feedRunList, sourcesQuery } from '../../api/sources.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Empty, Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { StateBadge, type Tone } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { NewSource } from './new-source.tsx';
import { RunDetail } from './run-detail.tsx';
import { UndoDialog } from './undo-dialog.tsx';

type Run = Item<'sources.runs'>;

const facets = {
  state: { label: 'State', values: ['refused', 'held', 'applying', 'applied', 'superseded', 'declined', 'undone'] },
  source: { label: 'Source' },
};
const tones: Readonly<Record<string, Tone>> = {
  refused: 'bad',
  held: 'wait',
  applying: 'wait',
  applied: 'good',
  superseded: 'quiet',
  declined: 'quiet',
  undone: 'quiet',
};
/** How much a canary is: enough to see something, little enough to look through. */
const CANARY = 5;
const nameOf = (run: Run): string => `delivery of ${run.startedAt.slice(0, 16).replace('T', ' ')}`;
const why = (run: Run): string => [...run.heldBecause, ...run.problems][0]?.detail ?? '';

const columns: readonly Column<Run>[] = [
  { id: 'at', header: 'Delivered', width: '8rem', title: true, cell: (row) => <TimeAgo at={row.startedAt} /> },
  {
    id: 'state',
    header: 'State',
    width: '8rem',
    cell: (row) => <StateBadge tone={tones[row.state] ?? 'info'}>{row.state}</StateBadge>,
  },
  { id: 'rows', header: 'Rows', width: '5rem', right: true, cell: (row) => row.rows },
  { id: 'joined', header: 'Joined', width: '5rem', right: true, cell: (row) => row.counts.joined },
  { id: 'moved', header: 'Moved', width: '5rem', right: true, cell: (row) => row.counts.moved },
  { id: 'left', header: 'Left', width: '5rem', right: true, cell: (row) => row.counts.left },
  { id: 'why', minor: true, header: 'Why', cell: (row) => <span title={why(row)}>{why(row)}</span> },
];

const Runs = ({ source, names }: { readonly source: string; readonly names: readonly string[] }) => {
  const me = useMe();
  const [search, setSearch] = useListSearch();
  const { filters } = parseTokens(search.q ?? '', facets);
  const list = useRows(feedRunList(source, filters['state']));
  const stales = ['feed-runs', 'identities'];
  const accept = useAct({
    run: ({ run, because, canary }: { run: Run; because: string; canary?: number }) =>
      acceptRun(run.id, because, canary),
    stales,
    done: (_, { canary }) =>
      canary === undefined
        ? 'Accepted; all that is left of it is applied now'
        : `The first ${String(canary)} are applied now; the rest waits`,
  });
  const decline = useAct({
    run: ({ run, because }: { run: Run; because: string }) => declineRun(run.id, because),
    stales,
    done: () => 'Declined; nothing more of it is applied',
  });
  const may = can(me, 'feed_run.accept');
  const [undoing, setUndoing] = useState<Run | undefined>(undefined);
  const commands: readonly Command<Run>[] = [
    {
      id: 'accept',
      label: 'Apply it after all…',
      keys: 'e',
      primary: true,
      when: (run) => may && run.state === 'held',
      run: ([run]) =>
        void confirm({
          title: 'Apply this delivery?',
          text: `It is over a limit: ${run === undefined ? '' : why(run)}. All that is left of its ${String(run?.plannedRows ?? 0)} planned changes is made.`,
          action: 'Apply',
          danger: true,
          reason: 'required',
        }).then((answer) =>
          answer === undefined || run === undefined ? undefined : accept.mutate({ run, because: answer.reason }),
        ),
    },
    {
      id: 'canary',
      label: `Apply the first ${String(CANARY)}…`,
      keys: 'c',
      when: (run) => may && run.state === 'held' && run.plannedRows - run.appliedRows > CANARY,
      run: ([run]) =>
        void confirm({
          title: `Apply the first ${String(CANARY)}?`,
          text: 'They are the first ones listed that are not made yet. The rest waits until you have seen what came of them.',
          action: `Apply ${String(CANARY)}`,
          danger: true,
          reason: 'required',
        }).then((answer) =>
          answer === undefined || run === undefined
            ? undefined
            : accept.mutate({ run, because: answer.reason, canary: CANARY }),
        ),
    },
    {
      id: 'decline',
      label: 'Decline…',
      keys: 'r',
      when: (run) => may && run.state === 'held',
      run: ([run]) =>
        void confirm({
          title: 'Decline this delivery?',
          text: 'Nothing more of it is changed. The next delivery is planned afresh.',
          action: 'Decline',
          reason: 'required',
        }).then((answer) =>
          answer === undefined || run === undefined ? undefined : decline.mutate({ run, because: answer.reason }),
        ),
    },
    {
      id: 'undo',
      label: 'Take it back…',
      keys: 'u',
      when: (run) =>
        can(me, 'feed_run.undo') && run.appliedRows > 0 && run.state !== 'applying' && run.state !== 'undone',
      run: ([run]) => setUndoing(run),
    },
  ];
  return (
    <>
      {undoing === undefined ? null : (
        <UndoDialog id={undoing.id} name={nameOf(undoing)} onClose={() => setUndoing(undefined)} />
      )}
      <ListView
        label={`Deliveries of ${source}`}
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={nameOf}
        facets={{ ...facets, source: { label: 'Source', values: names } }}
        search={search}
        onSearch={setSearch}
        commands={commands}
        detail={(row) => <RunDetail key={row.id} run={row} />}
        empty={{
          title: 'Nothing delivered yet',
          text: 'Deliver the export of the HR system here, or with the command line, as often as you like: what did not change costs nothing.',
        }}
        cli={`reeve sources runs ${source}`}
      />
    </>
  );
};

const Pushing = () => {
  const me = useMe();
  return can(me, 'scim_client.list') ? <Link to="/directories">Directories that push</Link> : null;
};

/** Where people come from, and what each delivery did or why it did nothing. */
export const SourcesPage = () => {
  const me = useMe();
  const [search] = useListSearch();
  const sources = useQuery(sourcesQuery);
  const names = sources.data?.items.map(({ name }) => name) ?? [];
  const wanted = parseTokens(search.q ?? '', facets).filters['source'];
  const source = names.includes(wanted ?? '') ? wanted : names[0];
  const isRead = sources.data?.items.find(({ name }) => name === source)?.readFrom != null;
  const collect = useAct({
    run: () => collectSource(source ?? ''),
    stales: ['feed-runs', 'sources'],
    done: () => 'It is being read; what comes of it is the newest delivery',
  });
  const deliver = useAct({
    run: async (file: File) => deliverFeed(source ?? '', await file.text()),
    stales: ['feed-runs', 'identities'],
    done: (run) => `Delivered: ${run.state}`,
  });
  return (
    <Page
      fill
      title="People sources"
      lead="A delivery that is not whole changes nothing and says why; one over a limit waits for you."
      actions={
        <>
          <Pushing />
          {can(me, 'source.put') ? <NewSource taken={names} /> : null}
          {source === undefined ? null : (
            <>
              <Link to="/sources/$name" params={{ name: source }}>
                How {source} is read
              </Link>
              {isRead && can(me, 'source.collect') ? (
                <Button loading={collect.isPending} onClick={() => collect.mutate(undefined)}>
                  Read now
                </Button>
              ) : null}
              {!isRead && can(me, 'source.feed') ? (
                <FileButton
                  accept=".csv,text/csv"
                  onChange={(file) => (file === null ? undefined : deliver.mutate(file))}
                >
                  {(props) => (
                    <Button {...props} loading={deliver.isPending}>
                      Deliver a file…
                    </Button>
                  )}
                </FileButton>
              ) : null}
            </>
          )}
        </>
      }
    >
      {sources.error === null ? null : <Failed error={sources.error} onRetry={() => void sources.refetch()} />}
      {sources.isPending ? <Waiting /> : null}
      {sources.data !== undefined && source === undefined ? (
        <Empty
          title="No source yet"
          text={
            <>
              Name one above, or describe it with <code>reeve sources put</code>: its columns, its limits, where it is
              read.
            </>
          }
        />
      ) : null}
      {source === undefined ? null : <Runs key={source} source={source} names={names} />}
    </Page>
  );
};
