import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { verifyRecording } from '../../api/guard.ts';
import { grantQuery } from '../../api/people.ts';
import type { Session } from '../../api/shapes/guard.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { Copyable } from '../../ui/show/copyable.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { Countdown, TimeAgo, duration, useNow } from '../../ui/show/time-ago.tsx';
import { originWords } from '../access/grant-words.tsx';
import { behindWords } from './held-words.ts';
import { sessionSeconds } from './end-session.ts';

const bytes = (count: number): string =>
  count < 1_024 ? `${String(count)} B` : `${(count / 1_024).toLocaleString('en', { maximumFractionDigits: 0 })} KiB`;

/** The grant a session rested on, and the request that led to it. */
const Why = ({ grantId }: { readonly grantId: string }) => {
  const { data, isError } = useQuery(grantQuery(grantId));
  if (isError) return <Copyable text={grantId} label="the grant's id" />;
  if (data === undefined) return <>…</>;
  return data.origin === 'request' && data.originId !== null ? (
    <Link to="/requests/$id" params={{ id: data.originId }}>
      {originWords(data)}
    </Link>
  ) : (
    <>{originWords(data)}</>
  );
};

const CheckRecording = ({ id }: { readonly id: string }) => {
  const check = useMutation({ mutationFn: () => verifyRecording(id) });
  return (
    <>
      <Button variant="default" size="compact-xs" loading={check.isPending} onClick={() => check.mutate()}>
        Check it is whole
      </Button>
      <div role="status">
        {check.data === undefined ? null : (
          <StateBadge tone={check.data.ok ? 'good' : 'bad'}>
            {check.data.ok
              ? `whole and unaltered${check.data.cut ? ', up to where its gateway died' : ''}, ${String(check.data.chunks)} chunks`
              : (check.data.problem ?? 'not whole')}
          </StateBadge>
        )}
      </div>
      <Problem error={check.error} />
    </>
  );
};

/** One session in facts, with the way back to why it was allowed. */
export const SessionFacts = ({ session }: { readonly session: Session }) => (
  <Facts
    of={[
      [
        'State',
        <StateBadge key="state" tone={session.state === 'live' ? 'good' : 'quiet'}>
          {session.state}
        </StateBadge>,
      ],
      [
        'Who',
        <Link key="who" to="/identities/$id" params={{ id: session.identityId }}>
          {session.identityName}
        </Link>,
      ],
      [
        'Target',
        <span key="target" className="mono">
          {session.accountName}@{session.systemName}
        </span>,
      ],
      ['Protocol', session.protocol],
      ['Started', <TimeAgo key="start" at={session.startedAt} />],
      ['Length', duration(sessionSeconds(session, useNow(1)))],
      [
        'Ends in',
        session.state === 'live' && session.endsAt !== null ? <Countdown key="ends" to={session.endsAt} /> : undefined,
      ],
      ['Paused because', session.pausedBecause ?? undefined],
      ['Recording waits', session.recordingBehind === null ? undefined : behindWords[session.recordingBehind]],
      [
        'Observer',
        session.observerSeconds === null
          ? undefined
          : session.held === 'observer'
            ? 'needed, and nobody observes'
            : 'needed',
      ],
      ['Ended because', session.endedBecause ?? undefined],
      [
        'Allowed by',
        session.grantIds.length === 0 ? undefined : (
          <span key="why">
            {session.grantIds.map((id) => (
              <div key={id}>
                <Why grantId={id} />
              </div>
            ))}
          </span>
        ),
      ],
      ['Typed, shown', `${bytes(session.bytesIn)}, ${bytes(session.bytesOut)}`],
      [
        'Recording purged',
        session.recordingPurgedAt === null ? undefined : (
          <span key="purged">
            <TimeAgo at={session.recordingPurgedAt} />, as its class {session.recordingPurgedClass} says
          </span>
        ),
      ],
      ['Recording', session.recorded ? <CheckRecording key="recording" id={session.id} /> : 'none'],
      [
        'Head',
        session.recordingHead === null ? undefined : (
          <Copyable key="head" text={session.recordingHead} label="the head of the recording's chain" />
        ),
      ],
    ]}
  />
);
