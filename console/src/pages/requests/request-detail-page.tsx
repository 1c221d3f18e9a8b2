import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { useMe } from '../../api/me.ts';
import { requestTermsQuery, withdrawOrder } from '../../api/orders.ts';
import { approveRequest, denyRequest, remindRequest, requestQuery, withdrawRequest } from '../../api/requests.ts';
import type { RequestDetail } from '../../api/shapes/requests.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { Copyable } from '../../ui/show/copyable.tsx';
import { Facts, Timeline, type Moment } from '../../ui/show/facts.tsx';
import { Countdown, TimeAgo, utc } from '../../ui/show/time-ago.tsx';
import { CommentForm } from './comment-form.tsx';
import { LineActions } from './line-actions.tsx';
import { LineCard } from './line-card.tsx';
import { isToCome, requestTone, stepName, stepTone, whatOf } from './request-words.ts';
import s from './requests.module.css';

const route = getRouteApi('/shell/requests/$id');

const stepMoments = (request: RequestDetail): Moment[] =>
  request.steps.map((step) => {
    const names = step.approvers.map(({ name }) => name).join(' or ');
    return {
      id: step.id,
      at: step.decidedAt,
      tone: stepTone[step.state],
      title:
        step.decidedBy === null
          ? `${stepName(step)}: ${step.state === 'open' ? 'waits for' : step.state === 'skipped' ? 'not asked,' : 'then'} ${names}`
          : `${stepName(step)}: ${step.state} by ${step.decidedBy.name}`,
      text: step.comment ?? step.because,
    };
  });

const Actions = ({ request }: { readonly request: RequestDetail }) => {
  const me = useMe();
  const stales = ['requests', 'approvals'];
  const withdraw = useAct({ run: () => withdrawRequest(request.id), stales, done: () => 'Withdrawn' });
  const approve = useAct({
    run: (comment: string) => approveRequest(request.id, comment === '' ? undefined : comment),
    stales,
    done: () => 'Approved',
  });
  const deny = useAct({
    run: (reason: string) => denyRequest(request.id, reason),
    stales,
    done: () => 'Rejected; the requester reads your reason',
  });
  const remind = useAct({ run: () => remindRequest(request.id), stales, done: () => 'Reminded' });
  const withdrawAll = useAct({
    run: withdrawOrder,
    stales,
    done: ({ requestIds }) => `${String(requestIds.length)} requests withdrawn`,
  });
  const pending = request.state === 'pending';
  if (!pending && !request.lines.some(isToCome)) return null;
  const asked = request.steps.some(
    (step) => step.state === 'open' && [...step.approvers, ...step.deputies].some(({ id }) => id === me.id),
  );
  const own = request.requester.id === me.id || request.beneficiary.id === me.id;
  return (
    <>
      {asked && !own && pending ? (
        <>
          <Button
            onClick={() =>
              void confirm({
                title: 'Approve?',
                text: `${request.beneficiary.name} gets ${whatOf(request)}.`,
                action: 'Approve',
                reason: 'optional',
                reasonLabel: 'Comment',
              }).then((answer) => (answer === undefined ? undefined : approve.mutate(answer.reason)))
            }
          >
            Approve…
          </Button>
          <Button
            variant="default"
            onClick={() =>
              void confirm({
                title: 'Reject?',
                text: 'The requester reads your reason.',
                action: 'Reject',
                danger: true,
                reason: 'required',
              }).then((answer) => (answer === undefined ? undefined : deny.mutate(answer.reason)))
            }
          >
            Reject…
          </Button>
        </>
      ) : null}
      {own && pending ? (
        <Button variant="default" loading={remind.isPending} onClick={() => remind.mutate(undefined)}>
          Remind
        </Button>
      ) : null}
      {own ? (
        <Button
          variant="default"
          onClick={() =>
            void confirm({
              title: 'Withdraw this request?',
              text: 'Approvers no longer see it. You can ask again at any time.',
              action: 'Withdraw',
            }).then((answer) => (answer === undefined ? undefined : withdraw.mutate(undefined)))
          }
        >
          Withdraw
        </Button>
      ) : null}
      {request.requester.id === me.id && request.orderId !== null ? (
        <Button
          variant="default"
          loading={withdrawAll.isPending}
          onClick={() =>
            void confirm({
              title: 'Withdraw the whole order?',
              text: 'All that was asked for with it, for everybody, that is not decided or has not begun.',
              action: 'Withdraw all',
              danger: true,
            }).then((answer) =>
              answer === undefined || request.orderId === null ? undefined : withdrawAll.mutate(request.orderId),
            )
          }
        >
          Withdraw the order…
        </Button>
      ) : null}
    </>
  );
};

/** A ticket, as a link where the house says where tickets are. */
const Ticket = ({ name }: { readonly name: string }) => {
  const { data: terms } = useQuery(requestTermsQuery);
  return terms?.ticketUrl == null ? (
    <>{name}</>
  ) : (
    <a href={terms.ticketUrl.replace('{ticket}', encodeURIComponent(name))} rel="noreferrer" target="_blank">
      {name}
    </a>
  );
};

/** One request: what, who decides, how far it is, and whether the access is real on the target. */
export const RequestDetailPage = () => {
  const me = useMe();
  const { id } = route.useParams();
  const { data: request, error, refetch } = useQuery(requestQuery(id));
  if (error !== null && request === undefined) return <Failed error={error} onRetry={() => void refetch()} />;
  if (request === undefined) return <Waiting />;
  const own = request.requester.id === me.id || request.beneficiary.id === me.id;
  return (
    <Page
      title={whatOf(request)}
      crumbs={
        <>
          <Link to="/requests">Requests</Link> <span className="dim">{request.number}</span>
        </>
      }
      lead={
        <span className="row">
          <StateBadge tone={requestTone[request.state]}>{request.state}</StateBadge>
          {request.endedBecause}
        </span>
      }
      actions={<Actions request={request} />}
    >
      <div className={s['two']}>
        <div className="stack">
          <p className={s['quote']}>{request.reason}</p>
          <Section title="Access asked for">
            {request.lines.map((line) => (
              <LineCard key={line.id} line={line}>
                {own ? <LineActions request={request} line={line} /> : null}
              </LineCard>
            ))}
          </Section>
          <Section title="Decisions">
            <Timeline label="Decisions" of={stepMoments(request)} />
          </Section>
        </div>
        <div className="stack">
          <section className="card">
            <h2>Facts</h2>
            <Facts
              of={[
                [
                  'For',
                  <Link key="for" to="/identities/$id" params={{ id: request.beneficiary.id }}>
                    {request.beneficiary.name}
                  </Link>,
                ],
                ['Asked by', request.requester.name],
                ['Asked', <TimeAgo key="at" at={request.submittedAt} />],
                [
                  'Lapses in',
                  request.state === 'pending' ? <Countdown key="lapses" to={request.expiresAt} /> : undefined,
                ],
                ['Begins', request.startsAt === null ? undefined : utc(request.startsAt)],
                ['Ticket', request.ticket === null ? undefined : <Ticket key="ticket" name={request.ticket} />],
                ['Id', <Copyable key="id" text={request.id} label="the request's id" />],
              ]}
            />
          </section>
          <section className="card">
            <h2>What happened</h2>
            <Timeline
              label="What happened"
              of={request.timeline.map((note) => ({
                id: note.id,
                at: note.at,
                title: note.text,
                text: note.actor.name,
              }))}
            />
            <CommentForm requestId={request.id} />
          </section>
        </div>
      </div>
    </Page>
  );
};
