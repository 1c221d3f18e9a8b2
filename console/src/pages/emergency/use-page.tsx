import { Button, Group, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { emergencyUseQuery, reviewEmergencyUse } from '../../api/emergency.ts';
import type { EmergencyUse } from '../../api/shapes/emergency.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Failed, Problem, Waiting } from '../../ui/feedback/states.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Privileged, RiskBadge, StateBadge } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { Countdown, TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { names, reviewTone, thing } from './emergency-words.ts';

const Sessions = ({ use }: { readonly use: EmergencyUse }) => (
  <PlainTable
    label="Sessions that rested on this access"
    rows={use.sessions}
    rowId={(session) => session.sessionId}
    empty="No session was opened with it."
    columns={[
      { id: 'where', header: 'Where', title: true, cell: (s) => `${s.account}@${s.system}` },
      { id: 'began', header: 'Began', cell: (s) => <TimeAgo at={s.startedAt} /> },
      {
        id: 'ended',
        header: 'Ended',
        cell: (s) => (s.endedAt === null ? <StateBadge tone="wait">live</StateBadge> : <TimeAgo at={s.endedAt} />),
      },
      { id: 'commands', header: 'Commands', right: true, cell: (s) => s.commands },
      { id: 'kinds', header: 'What they did', cell: (s) => s.commandClasses.join(', ') },
      {
        id: 'recording',
        header: 'Recording',
        cell: (s) =>
          s.mayWatch ? (
            <Link to="/sessions/$id" params={{ id: s.sessionId }} aria-label={`Watch ${s.account}@${s.system}`}>
              Watch
            </Link>
          ) : (
            <span className="dim">not open to you</span>
          ),
      },
    ]}
  />
);

const Review = ({ use }: { readonly use: EmergencyUse }) => {
  const [comment, setComment] = useState('');
  const act = useAct({
    run: (verdict: 'justified' | 'not_justified') => reviewEmergencyUse(use.id, { verdict, comment: comment.trim() }),
    stales: ['emergency'],
    quiet: true,
    done: (_, verdict) =>
      verdict === 'justified' ? 'Reviewed as justified' : 'Reviewed as not justified; it has ended',
  });
  return (
    <form
      className="card stack"
      style={{ maxWidth: '34rem' }}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        act.mutate('justified');
      }}
    >
      <Textarea
        label="What you found"
        description="Kept with the review. Whoever took the access reads it."
        required
        withAsterisk={false}
        autosize
        minRows={2}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      <Problem error={act.error} />
      <Group gap="xs">
        <Button type="submit" size="sm" loading={act.isPending} disabled={comment.trim() === ''}>
          Justified
        </Button>
        <Button
          size="sm"
          color="red"
          variant="default"
          loading={act.isPending}
          disabled={comment.trim() === ''}
          onClick={() => act.mutate('not_justified')}
        >
          Not justified: end it
        </Button>
      </Group>
    </form>
  );
};

/** One use of emergency access: why, what was done with it, and its review. */
export const UsePage = () => {
  const { id } = useParams({ from: '/shell/emergency/uses/$id' });
  const { data: use, error, refetch } = useQuery(emergencyUseQuery(id));
  if (use === undefined) return error === null ? <Waiting /> : <Failed error={error} onRetry={() => void refetch()} />;
  const { review } = use;
  return (
    <Page
      title={`${use.who.name}: ${thing(use.what)}`}
      crumbs={<Link to="/emergency">Emergency access</Link>}
      lead={use.reason}
    >
      <Facts
        of={[
          ['By the path', use.path.name],
          [
            'Risk',
            <Group key="risk" gap="xs">
              <RiskBadge risk={use.what.risk} />
              {use.what.privileged ? <Privileged /> : null}
            </Group>,
          ],
          ['Taken', <TimeAgo key="at" at={use.usedAt} />],
          ['Proved by', use.stepUp.method === 'totp' ? 'a one-time code' : 'a passkey'],
          use.endedAt === null
            ? ['Ends in', <Countdown key="end" to={use.endsAt} over="now" />]
            : [
                'Ended',
                <span key="end">
                  <TimeAgo at={use.endedAt} />: {use.endedBecause}
                </span>,
              ],
        ]}
      />
      <Section title="What was done">
        <Sessions use={use} />
      </Section>
      <Section title="Review" aside={<StateBadge tone={reviewTone[review.state]}>{review.state}</StateBadge>}>
        {review.by === null ? (
          <div>
            By {names(review.reviewers)} or a security officer, <Countdown to={review.dueAt} over="overdue" />
            {review.state === 'overdue'
              ? '. The path is locked until it is reviewed and two people open it.'
              : ' left.'}
          </div>
        ) : (
          <div>
            {review.by.name}, <TimeAgo at={review.at} />: {review.comment}
          </div>
        )}
        {review.mayReview ? <Review use={use} /> : null}
      </Section>
    </Page>
  );
};
