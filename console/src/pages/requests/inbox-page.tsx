import { Link } from '@tanstack/react-router';
import { useRows } from '../../api/pages.ts';
import { approvalList, approveRequest, denyRequest } from '../../api/requests.ts';
import type { Approval } from '../../api/shapes/requests.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { toastError } from '../../ui/feedback/toast.ts';
import { Page } from '../../ui/page.tsx';
import { RiskBadge } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { Countdown, TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { notTogether } from './alike.ts';
import { DecisionEvidence } from './decision-evidence.tsx';
import { DutiesWhatIf } from '../sod/what-if.tsx';
import { forHowLong, stepName, whatOf } from './request-words.ts';
import s from './requests.module.css';

const facets = { risk: { label: 'Risk', values: ['low', 'medium', 'high', 'critical'] } };
const what = (approval: Approval): string => whatOf(approval.request);
const who = (approval: Approval): string => approval.request.beneficiary.name;
const hits = (approval: Approval) =>
  approval.request.lines.flatMap(({ sod }) => sod).filter(({ tolerated }) => !tolerated);
const howLong = (approval: Approval): string => {
  const [line] = approval.request.lines;
  return line === undefined ? '' : forHowLong(line);
};

const columns: readonly Column<Approval>[] = [
  { id: 'who', header: 'Who', width: '17%', title: true, cell: who },
  {
    id: 'what',
    header: 'Asks for',
    cell: (row) =>
      row.onBehalfOf === null ? (
        what(row)
      ) : (
        <>
          {what(row)} <span className="dim">in the name of {row.onBehalfOf.name}</span>
        </>
      ),
  },
  { id: 'how-long', minor: true, header: 'How long', width: '9rem', cell: howLong },
  { id: 'risk', header: 'Risk', width: '6.5rem', cell: (row) => <RiskBadge risk={row.request.risk} /> },
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
    cell: (row) => <span title={row.request.reason}>{row.request.reason}</span>,
  },
  { id: 'age', header: 'Asked', width: '7rem', cell: (row) => <TimeAgo at={row.request.submittedAt} /> },
  {
    id: 'due',
    hidden: true,
    header: 'Due in',
    width: '7rem',
    cell: (row) => <Countdown to={row.step.dueAt} over="overdue" />,
  },
];

const Detail = ({ approval: { request, step, onBehalfOf, stepUp } }: { readonly approval: Approval }) => (
  <div className="stack">
    <p className={s['quote']}>{request.reason}</p>
    <Facts
      of={[
        [
          'Who',
          <Link key="who" to="/identities/$id" params={{ id: request.beneficiary.id }}>
            {request.beneficiary.name}
          </Link>,
        ],
        ['Asked by', request.requester.id === request.beneficiary.id ? undefined : request.requester.name],
        ['Ticket', request.ticket ?? undefined],
        ['Asked', <TimeAgo key="at" at={request.submittedAt} />],
        ['Decide within', <Countdown key="due" to={step.dueAt} over="overdue" />],
        ['Step', `${String(step.n)} of ${String(step.of)}: ${stepName(step)}`],
        ['In the name of', onBehalfOf?.name],
        ['You decide because', step.because],
        ...request.steps
          .filter(({ decidedBy }) => decidedBy !== null)
          .map(
            (done) =>
              [
                `Step ${String(done.n)}`,
                `${done.state} by ${done.decidedBy?.name ?? ''}${done.decidedFor === null ? '' : ` in the name of ${done.decidedFor.name}`}${done.comment === null ? '' : `: ${done.comment}`}`,
              ] as const,
          ),
      ]}
    />
    {stepUp ? <p className="small">Deciding asks for a fresh proof that it is you.</p> : null}
    <DecisionEvidence request={request} />
    <DutiesWhatIf
      when="If you approve, as things are now"
      of={{
        identity: request.beneficiary.id,
        gives: request.lines
          .filter(({ state }) => state !== 'refused')
          .map(({ what: { kind, id } }) => (kind === 'role' ? { roleId: id } : { entitlementId: id })),
      }}
    />
    <Link to="/requests/$id" params={{ id: request.id }}>
      The whole of {request.number}
    </Link>
  </div>
);

/** Decisions that wait for me, workable without the mouse: j k to move, ↵ to look, e to approve, r to reject. */
export const InboxPage = () => {
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(approvalList());
  const rows = list.rows.filter(
    (row) =>
      (filters['risk'] === undefined || row.request.risk === filters['risk']) &&
      `${who(row)} ${what(row)} ${row.request.reason} ${row.request.number}`
        .toLowerCase()
        .includes(words.toLowerCase()),
  );
  const approve = useAct({
    run: (approvals: readonly Approval[]) => Promise.all(approvals.map(({ request }) => approveRequest(request.id))),
    stales: ['approvals', 'requests'],
    done: (_, [first, ...more]) =>
      first === undefined || more.length > 0
        ? `${String(more.length + 1)} approved`
        : `Approved: ${what(first)} for ${who(first)}`,
  });
  const deny = useAct({
    run: ({ approvals, reason }: { approvals: readonly Approval[]; reason: string }) =>
      Promise.all(approvals.map(({ request }) => denyRequest(request.id, reason))),
    stales: ['approvals', 'requests'],
    done: (_, { approvals }) =>
      approvals.length === 1 ? 'Rejected; the requester reads your reason' : `${String(approvals.length)} rejected`,
  });
  const commands: readonly Command<Approval>[] = [
    {
      id: 'approve',
      label: 'Approve',
      keys: 'e',
      primary: true,
      bulk: true,
      // Weighty ones are decided one at a time, with the details read; several at once only where they are alike.
      when: (row) =>
        search.open === row.request.id || (hits(row).length === 0 && row.request.risk !== 'critical' && !row.stepUp),
      run: (approvals) => {
        const [only] = approvals;
        if (only === undefined) return;
        const conflict = hits(only)[0];
        const apart = notTogether(approvals);
        if (apart !== undefined) return toastError(new Error(apart));
        if (approvals.length === 1 && conflict === undefined) return approve.mutate(approvals);
        void confirm({
          title:
            approvals.length === 1
              ? 'Approve against a conflict of duties?'
              : `Approve ${String(approvals.length)} requests?`,
          text:
            approvals.length === 1
              ? `${who(only)} would hold both sides of “${conflict?.name ?? ''}”.`
              : approvals.map((row) => `${who(row)}: ${what(row)}`).join('; '),
          action: 'Approve',
        }).then((answer) => (answer === undefined ? undefined : approve.mutate(approvals)));
      },
    },
    {
      id: 'reject',
      label: 'Reject…',
      keys: 'r',
      danger: true,
      bulk: true,
      run: (approvals) =>
        void confirm({
          title:
            approvals.length === 1 && approvals[0] !== undefined
              ? `Reject ${what(approvals[0])}?`
              : `Reject ${String(approvals.length)} requests?`,
          text: 'The requester reads your reason.',
          action: 'Reject',
          danger: true,
          reason: 'required',
        }).then((answer) => (answer === undefined ? undefined : deny.mutate({ approvals, reason: answer.reason }))),
    },
  ];
  return (
    <Page fill title="Inbox" lead="Requests that wait for your decision.">
      <ListView
        label="Requests to decide"
        list={{ ...list, rows }}
        columns={columns}
        rowId={(row) => row.request.id}
        rowName={(row) => `${who(row)}: ${what(row)}`}
        facets={facets}
        search={search}
        onSearch={setSearch}
        commands={commands}
        selectable
        takesFocus
        detail={(row) => <Detail approval={row} />}
        empty={{ title: 'Inbox zero', text: 'Nothing waits for you. New requests appear here by themselves.' }}
        cli="reeve inbox"
      />
    </Page>
  );
};
