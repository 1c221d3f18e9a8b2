import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { useMe } from '../../api/me.ts';
import { requestQuery, withdrawRequest } from '../../api/requests.ts';
import type { RequestDetail } from '../../api/shapes/requests.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Privileged, RiskBadge, StateBadge } from '../../ui/show/badges.tsx';
import { Copyable } from '../../ui/show/copyable.tsx';
import { Facts, Timeline, type Moment } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { effectTone, forHowLong, requestTone, stepTone } from './request-words.ts';
import { SodHits } from './sod-hits.tsx';
import s from './requests.module.css';

const route = getRouteApi('/shell/requests/$id');

const stepMoments = (request: RequestDetail): Moment[] =>
  request.steps.map((step) => ({
    id: step.id,
    at: step.decidedAt,
    tone: stepTone[step.state],
    title:
      step.decidedBy === null
        ? `${step.name}: ${step.state === 'open' ? 'waits for' : 'then'} ${step.approvers.map(({ name }) => name).join(' or ')}`
        : `${step.name}: ${step.state} by ${step.decidedBy.name}`,
    text: step.comment ?? step.because,
  }));

/** One request: what, who decides, how far it is, and whether the access is real on the target. */
export const RequestDetailPage = () => {
  const { id } = route.useParams();
  const me = useMe();
  const { data: request, error, refetch } = useQuery(requestQuery(id));
  const withdraw = useAct({
    run: () => withdrawRequest(id),
    stales: ['requests', 'approvals'],
    done: () => 'Withdrawn',
  });
  if (error !== null && request === undefined) return <Failed error={error} onRetry={() => void refetch()} />;
  if (request === undefined) return <Waiting />;
  const title = request.lines.map(({ entitlement }) => entitlement.name).join(', ');
  const own = request.requester.id === me.id || request.identity.id === me.id;
  return (
    <Page
      title={title}
      crumbs={<Link to="/requests">Requests</Link>}
      lead={<StateBadge tone={requestTone[request.state]}>{request.state}</StateBadge>}
      actions={
        own && request.state === 'pending' ? (
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
        ) : null
      }
    >
      <div className={s['two']}>
        <div className="stack">
          <p className={s['quote']}>{request.reason}</p>
          <Section title="Access asked for">
            {request.lines.map((line) => (
              <div key={line.id} className="card">
                <div className="spread">
                  <strong>{line.entitlement.name}</strong>
                  <RiskBadge risk={line.entitlement.risk} />
                </div>
                <div className="row small">
                  <span className="dim">
                    {line.entitlement.system.name} · {forHowLong(line.seconds)}
                  </span>
                  {line.entitlement.privileged ? <Privileged /> : null}
                  {line.effect === 'none' ? null : (
                    <StateBadge tone={effectTone[line.effect]}>{line.effect}</StateBadge>
                  )}
                </div>
                <SodHits hits={line.sod} />
              </div>
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
                  <Link key="for" to="/identities/$id" params={{ id: request.identity.id }}>
                    {request.identity.name}
                  </Link>,
                ],
                ['Asked by', request.requester.name],
                ['Asked', <TimeAgo key="at" at={request.submittedAt} />],
                ['Ticket', request.ticket ?? undefined],
                ['Id', <Copyable key="id" text={request.id} label="the request's id" />],
              ]}
            />
          </section>
          <section className="card">
            <h2>What happened</h2>
            <Timeline
              label="What happened"
              of={request.history.map((entry) => ({
                id: entry.id,
                at: entry.at,
                title: entry.text,
                text: entry.actor,
              }))}
            />
          </section>
        </div>
      </div>
    </Page>
  );
};
