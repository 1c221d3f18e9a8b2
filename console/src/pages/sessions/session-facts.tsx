import { Link } from '@tanstack/react-router';
import type { Session } from '../../api/shapes/guard.ts';
import { Privileged, StateBadge } from '../../ui/show/badges.tsx';
import { Copyable } from '../../ui/show/copyable.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo, duration, useNow } from '../../ui/show/time-ago.tsx';
import { sessionSeconds } from './end-session.ts';

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
        <Link key="who" to="/identities/$id" params={{ id: session.identity.id }}>
          {session.identity.name}
        </Link>,
      ],
      [
        'Target',
        <span key="target" className="mono">
          {session.account}@{session.system.name}
        </span>,
      ],
      ['Privilege', session.privileged ? <Privileged key="p" /> : undefined],
      ['Protocol', session.protocol],
      ['From', session.address ?? undefined],
      ['Started', <TimeAgo key="start" at={session.startedAt} />],
      ['Length', duration(sessionSeconds(session, useNow(1)))],
      ['Ended because', session.endedBecause ?? undefined],
      [
        'Request',
        session.requestId === null ? undefined : (
          <Link key="request" to="/requests/$id" params={{ id: session.requestId }}>
            why it was allowed
          </Link>
        ),
      ],
      [
        'Recording',
        session.recording === null
          ? 'none'
          : `${Math.ceil(session.recording.bytes / 1024).toLocaleString('en')} KiB${session.recording.complete ? '' : ', not complete'}`,
      ],
      [
        'Digest',
        session.recording === null || session.recording.digest === null ? undefined : (
          <Copyable key="digest" text={session.recording.digest} label="the recording's digest" />
        ),
      ],
    ]}
  />
);
