import { Link } from '@tanstack/react-router';
import { useRows } from '../../api/pages.ts';
import { approvalList, approveRequest, denyRequest } from '../../api/requests.ts';
import type { Approval } from '../../api/shapes/requests.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Page } from '../../ui/page.tsx';
import { Privileged, RiskBadge } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { Countdown, TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { forHowLong } from './request-words.ts';
import { SodHits } from './sod-hits.tsx';
import s from './requests.module.css';

const facets = { risk: { label: 'Risk', values: ['low', 'medium', 'high', 'critical'] } };
const what = (approval: Approval): string => approval.lines.map(({ entitlement }) => entitlement.name).join(', ');
const hits = (approval: Approval) => approval.lines.flatMap(({ sod }) => sod);

const columns: readonly Column<Approval>[] = [
  { id: 'who', header: 'Who', width: '17%', title: true, cell: (row) => row.identity.name },
  { id: 'what', header: 'Asks for', cell: (row) => `${what(row)}` },
  {
    id: 'how-long',
    minor: true,
    header: 'How long',
    width: '9rem',
    cell: (row) => forHowLong(row.lines[0]?.seconds ?? null),
  },
  { id: 'risk', header: 'Risk', width: '6.5rem', cell: (row) => <RiskBadge risk={row.risk} /> },
  {
    id: 'sod',
    header: 'Conflicts',
    width: '6rem',
    cell: (row) => (hits(row).length === 0 ? <span className="dim">none</span> : <strong>{hits(row).length}</strong>),
  },
  {
    id: 'reason',
    minor: true,
    header: 'Reason',
    width: '22%',
    cell: (row) => <span title={row.reason}>{row.reason}</span>,
  },
  { id: 'age', header: 'Asked', width: '7rem', cell: (row) => <TimeAgo at={row.submittedAt} /> },
  {
    id: 'step',
    header: 'Step',
    width: '6rem',
    hidden: true,
    cell: (row) => `${String(row.step.order)} of ${String(row.step.of)}`,
  },
];

const Detail = ({ approval }: { readonly approval: Approval }) => (
  <div className="stack">
    <p className={s['quote']}>{approval.reason}</p>
    <Facts
      of={[
        [
          'Who',
          <Link key="who" to="/identities/$id" params={{ id: approval.identity.id }}>
            {approval.identity.name}
          </Link>,
        ],
        ['Asked by', approval.requester.id === approval.identity.id ? undefined : approval.requester.name],
        ['Ticket', approval.ticket ?? undefined],
        ['Asked', <TimeAgo key="at" at={approval.submittedAt} />],
        [
          'Decide within',
          approval.dueAt === null ? undefined : <Countdown key="due" to={approval.dueAt} over="overdue" />,
        ],
        ['Step', `${String(approval.step.order)} of ${String(approval.step.of)}: ${approval.step.name}`],
        ['You decide because', approval.step.because],
      ]}
    />
    {approval.lines.map((line) => (
      <section key={line.id} className="card">
        <div className="spread">
          <strong>{line.entitlement.name}</strong>
          <RiskBadge risk={line.entitlement.risk} />
        </div>
        <div className="row small dim">
          {line.entitlement.system.name} · {forHowLong(line.seconds)}
          {line.entitlement.privileged ? <Privileged /> : null}
        </div>
        <SodHits hits={line.sod} />
      </section>
    ))}
    <Link to="/requests/$id" params={{ id: approval.requestId }}>
      The whole request
    </Link>
  </div>
);

/** Decisions that wait for me, workable without the mouse: j k to move, ↵ to look, e to approve, r to reject. */
export const InboxPage = () => {
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(approvalList({ risk: filters['risk'], search: words === '' ? undefined : words }));
  const approve = useAct({
    run: (rows: readonly Approval[]) => Promise.all(rows.map((row) => approveRequest(row.requestId))),
    stales: ['approvals', 'requests'],
    done: (_, rows) =>
      rows.length === 1 && rows[0] !== undefined
        ? `Approved: ${what(rows[0])} for ${rows[0].identity.name}`
        : `${String(rows.length)} approved`,
  });
  const deny = useAct({
    run: ({ rows, reason }: { rows: readonly Approval[]; reason: string }) =>
      Promise.all(rows.map((row) => denyRequest(row.requestId, reason))),
    stales: ['approvals', 'requests'],
    done: (_, { rows }) =>
      rows.length === 1 ? 'Rejected; the requester reads your reason' : `${String(rows.length)} rejected`,
  });
  const commands: readonly Command<Approval>[] = [
    {
      id: 'approve',
      label: 'Approve',
      keys: 'e',
      primary: true,
      bulk: true,
      // Weighty ones are decided one at a time, with the details read.
      when: (row) => search.open === row.id || (hits(row).length === 0 && row.risk !== 'critical'),
      run: (rows) => {
        const [only] = rows;
        if (rows.length === 1 && only !== undefined && hits(only).length === 0) return approve.mutate(rows);
        void confirm({
          title:
            rows.length === 1 ? 'Approve against a conflict of duties?' : `Approve ${String(rows.length)} requests?`,
          text:
            rows.length === 1
              ? `${only?.identity.name ?? ''} would hold both sides of “${hits(only as Approval)[0]?.rule.name ?? ''}”.`
              : rows.map((row) => `${row.identity.name}: ${what(row)}`).join('; '),
          action: 'Approve',
        }).then((answer) => (answer === undefined ? undefined : approve.mutate(rows)));
      },
    },
    {
      id: 'reject',
      label: 'Reject…',
      keys: 'r',
      danger: true,
      bulk: true,
      run: (rows) =>
        void confirm({
          title:
            rows.length === 1
              ? `Reject ${rows[0] === undefined ? '' : what(rows[0])}?`
              : `Reject ${String(rows.length)} requests?`,
          text: 'The requester reads your reason.',
          action: 'Reject',
          danger: true,
          reason: 'required',
        }).then((answer) => (answer === undefined ? undefined : deny.mutate({ rows, reason: answer.reason }))),
    },
  ];
  return (
    <Page fill title="Inbox" lead="Requests that wait for your decision.">
      <ListView
        label="Requests to decide"
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => `${row.identity.name}: ${what(row)}`}
        facets={facets}
        search={search}
        onSearch={setSearch}
        commands={commands}
        selectable
        takesFocus
        detail={(row) => <Detail approval={row} />}
        empty={{ title: 'Inbox zero', text: 'Nothing waits for you. New requests appear here by themselves.' }}
        cli="reeve request ls --inbox"
      />
    </Page>
  );
};
