import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { openEvent } from '../../api/audit.ts';
import { can, useMe } from '../../api/me.ts';
import type { AuditEvent } from '../../api/shapes/platform.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { CommandLine, Copyable } from '../../ui/show/copyable.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { utc } from '../../ui/show/time-ago.tsx';
import { IdentityName } from '../identities/identity-name.tsx';
import { ProofCheck } from './proof-check.tsx';

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
/** Personal fields are sealed; opening them is itself an entry of the log. */
const Sealed = ({ event }: { readonly event: AuditEvent }) => {
  const me = useMe();
  const open = useMutation({ mutationFn: () => openEvent(event.id), gcTime: 0 });
  if (event.sealed.length === 0) return null;
  return (
    <section>
      <div className="spread">
        <h3>Personal fields</h3>
        {open.data === undefined && can(me, 'audit.open') ? (
          <Button variant="default" size="compact-xs" loading={open.isPending} onClick={() => open.mutate()}>
            Open, and have it recorded
          </Button>
        ) : null}
      </div>
      <Facts
        of={event.sealed.map((name) => [
          name,
          open.data === undefined ? (
            <span key={name} className="dim">
              sealed
            </span>
          ) : (
            <span key={name} className="mono">
              {shown(open.data.opened[name] ?? 'erased')}
            </span>
          ),
        ])}
      />
      <Problem error={open.error} />
    </section>
  );
};

/** One entry of the log: what, who, on whose decision, and the proof that it is there. */
export const EventDetail = ({ event }: { readonly event: AuditEvent }) => (
  <div className="stack">
    <Facts
      of={[
        ['When', utc(event.at)],
        [
          'Who',
          event.actor.kind === 'identity' ? (
            <IdentityName key="actor" id={event.actor.id} />
          ) : (
            `${event.actor.kind} ${event.actor.id}`
          ),
        ],
        ['About', event.subject === null ? undefined : <IdentityName key="subject" id={event.subject} />],
        ['Through', event.address === null ? event.via : `${event.via} from ${event.address}`],
        ['Decided by', event.decision === null ? undefined : event.decision.policies.join(', ') || 'no policy'],
        ['Trace', <Copyable key="trace" text={event.trace} label="the trace" />],
        ['Id', <Copyable key="id" text={event.id} label="the event's id" />],
      ]}
    />
    <section>
      <h3>Data</h3>
      <Facts
        of={Object.entries(event.data).map(([name, value]) => [
          name,
          <span key={name} className="mono">
            {shown(value)}
          </span>,
        ])}
      />
    </section>
    <Sealed event={event} />
    <ProofCheck event={event} />
    <section>
      <h3>The whole log, offline</h3>
      <CommandLine text="reeve audit verify" />
    </section>
  </div>
);
