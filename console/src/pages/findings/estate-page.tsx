import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { estateQuery, lookAt, outsideList } from '../../api/findings.ts';
import type { Estate, OutsideLogon } from '../../api/shapes/findings.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Loaded } from '../../ui/feedback/loaded.tsx';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column } from '../../ui/table/column.ts';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import s from './findings.module.css';

type Row = Estate['systems'][number];

const percent = (value: number | null): string => (value === null ? '–' : `${String(value)} %`);

const Bar = ({ value }: { readonly value: number | null }) => (
  <span className={s['bar']}>
    <span className={s['track']} aria-hidden>
      <span style={{ width: `${String(value ?? 0)}%` }} />
    </span>
    {percent(value)}
  </span>
);

type Look = (id: string, whole: boolean) => void;

const columns = (look: Look | undefined): readonly Column<Row>[] => [
  {
    id: 'system',
    header: 'System',
    title: true,
    cell: (row) => (
      <Link to="/findings" search={{ q: row.systemName }}>
        {row.systemName}
      </Link>
    ),
  },
  { id: 'percent', header: 'Under control', cell: (row) => <Bar value={row.percent} /> },
  { id: 'critical', header: 'Critical, open', right: true, cell: (row) => String(row.critical) },
  { id: 'findings', header: 'Paths', right: true, cell: (row) => String(row.findings) },
  { id: 'accounts', header: 'Accounts', right: true, cell: (row) => String(row.accounts) },
  { id: 'owned', header: 'With an owner', right: true, cell: (row) => String(row.owned) },
  {
    id: 'looked',
    header: 'Looked at',
    cell: (row) =>
      row.problem !== null ? (
        <span title={row.problem}>failed</span>
      ) : row.lookedAt === null ? (
        'never'
      ) : (
        <TimeAgo at={row.lookedAt} />
      ),
  },
  {
    id: 'whole',
    header: 'At everything',
    cell: (row) => (row.wholeLookAt === null ? 'never' : <TimeAgo at={row.wholeLookAt} />),
  },
  ...(look === undefined
    ? []
    : [
        {
          id: 'look',
          header: 'Look',
          cell: (row: Row) => (
            <span className={s['looks']}>
              <Button
                size="compact-xs"
                variant="default"
                aria-label={`Look now at ${row.systemName}`}
                onClick={() => look(row.systemId, false)}
              >
                Look now
              </Button>
              <Button
                size="compact-xs"
                variant="subtle"
                aria-label={`Look at everything on ${row.systemName}, also what did not change`}
                title="Also what did not change since the last look"
                onClick={() => look(row.systemId, true)}
              >
                At everything
              </Button>
            </span>
          ),
        },
      ]),
];

const outsideColumns: readonly Column<OutsideLogon>[] = [
  {
    id: 'account',
    header: 'Account',
    title: true,
    cell: (row) => <span className="mono">{`${row.accountName}@${row.systemName}`}</span>,
  },
  { id: 'at', header: 'When', cell: (row) => <TimeAgo at={row.at} /> },
  {
    id: 'from',
    header: 'From',
    cell: (row) => <span className="mono">{row.fromAddress === '' ? 'unknown' : row.fromAddress}</span>,
  },
  { id: 'how', header: 'How', cell: (row) => <span className="mono">{row.how}</span> },
];

/** The last days as bars, with the same in words for who does not see them. */
const Trend = ({ of }: { readonly of: Estate['trend'] }) => {
  const first = of[0];
  const last = of.at(-1);
  if (first === undefined || last === undefined || of.length < 2)
    return <p className="dim">The trend begins with the second day.</p>;
  return (
    <figure className={s['trend']}>
      <div aria-hidden>
        {of.map((day) => (
          <span
            key={day.day}
            title={`${day.day}: ${String(day.percent)} %`}
            style={{ height: `${String(Math.max(2, day.percent))}%` }}
          />
        ))}
      </div>
      <figcaption>{`From ${String(first.percent)} % on ${first.day} to ${String(last.percent)} % on ${last.day}.`}</figcaption>
    </figure>
  );
};

/** How much of what is privileged is under control: by system, over time, and what was used past Reeve. */
export const EstatePage = () => {
  const me = useMe();
  const estate = useQuery(estateQuery());
  const outside = useRows(outsideList());
  const look = useAct({
    run: ({ id, whole }: { readonly id: string; readonly whole: boolean }) => lookAt(id, whole),
    stales: ['findings'],
    done: () => 'It is being looked at',
  });
  return (
    <Page
      title="Estate under control"
      crumbs={<Link to="/findings">Discovery</Link>}
      lead="A path is under control when it was accepted for a time, its credential is in the vault, or it ends by itself."
    >
      {estate.error !== null ? (
        <Failed error={estate.error} onRetry={() => void estate.refetch()} />
      ) : estate.data === undefined ? (
        <Waiting />
      ) : (
        <div className="stack">
          <Section title="All systems">
            <p className={s['big']}>{percent(estate.data.percent)}</p>
            <Trend of={estate.data.trend} />
          </Section>
          <Section title="By system">
            <PlainTable
              label="Systems"
              rows={estate.data.systems}
              columns={columns(can(me, 'discovery.look') ? (id, whole) => look.mutate({ id, whole }) : undefined)}
              rowId={(row) => row.systemId}
              empty="No system that can be looked at is connected."
            />
          </Section>
          <Section title="Used outside Reeve">
            <Loaded list={outside}>
              {(rows) => (
                <PlainTable
                  label="Log-ons outside"
                  rows={rows}
                  columns={outsideColumns}
                  rowId={(row) => row.id}
                  empty="Every log-on to a privileged account that targets recorded is explained by a session."
                />
              )}
            </Loaded>
          </Section>
        </div>
      )}
    </Page>
  );
};
