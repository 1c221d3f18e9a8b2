import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { driftList } from '../../api/drift.ts';
import { secretList } from '../../api/guard.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import type { Item } from '../../api/shapes/of-contract.ts';
import {
  acceptReading,
  completeWrite,
  maintenanceQuery,
  readingList,
  scheduleQuery,
  tryWriteAgain,
  writeList,
} from '../../api/systems.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Loaded } from '../../ui/feedback/loaded.tsx';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { StateBadge, type Tone } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { nameOf, SITUATIONS, TONES } from '../drift/drift-words.ts';
import { IdentityName } from '../identities/identity-name.tsx';
import { ReadingState } from './reading.tsx';

interface Props {
  readonly id: string;
}
type Reading = Item<'discovery.runs'>;

/** What a reading found and changed, in one line. */
const counted = (run: Reading): string =>
  Object.entries(run.counts ?? {})
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${String(count)} ${name.replaceAll(/([A-Z])/g, ' $1').toLowerCase()}`)
    .join(', ');

/** How the system was read, newest first. */
export const ReadingTab = ({ id }: Props) => {
  const me = useMe();
  const accept = useAct({
    run: ({ run, because }: { run: string; because: string }) => acceptReading(run, because),
    stales: ['systems', 'accounts', 'drift'],
    done: () => 'Accepted; what it takes away is taken away now',
  });
  const ask = (run: Reading): void =>
    void confirm({
      title: 'Take this reading as it is?',
      text: `${run.problem ?? 'It would take away more than its limit allows.'} What it does not show any more is taken as gone.`,
      action: 'Take it',
      danger: true,
      reason: 'required',
    }).then((answer) => (answer === undefined ? undefined : accept.mutate({ run: run.id, because: answer.reason })));
  return (
    <Loaded list={useRows(readingList(id))}>
      {(runs) => (
        <PlainTable
          label="Readings"
          rows={runs}
          rowId={(run) => run.id}
          empty="Not read yet."
          columns={[
            { id: 'asked', header: 'Asked', title: true, cell: (run) => <TimeAgo at={run.askedAt} /> },
            { id: 'kind', header: 'Kind', cell: (run) => run.kind },
            { id: 'state', header: 'State', cell: (run) => <ReadingState run={run} /> },
            {
              id: 'found',
              header: 'Found',
              cell: (run) => (run.endedAt === null ? `${String(run.progress.rows)} rows so far` : counted(run)),
            },
            { id: 'problem', header: 'Problem', cell: (run) => run.problem ?? '' },
            {
              id: 'actions',
              header: 'Actions',
              cell: (run) =>
                run.state === 'held' && can(me, 'discovery_run.accept') ? (
                  <Button variant="subtle" size="compact-xs" onClick={() => ask(run)}>
                    Take it…
                  </Button>
                ) : null,
            },
          ]}
        />
      )}
    </Loaded>
  );
};

/** Where the system differs from what was granted, as last read. */
export const DifferenceTab = ({ id }: Props) => (
  <Loaded list={useRows(driftList({ systemId: id }))}>
    {(cases) => (
      <PlainTable
        label="Drift"
        rows={cases}
        rowId={(one) => one.id}
        empty="It holds what was granted, and nothing else."
        columns={[
          { id: 'what', header: 'What', cell: (one) => SITUATIONS[one.situation] },
          {
            id: 'name',
            header: 'Access',
            title: true,
            cell: (one) => (
              <Link to="/drift" search={{ q: nameOf(one) }}>
                {nameOf(one)}
              </Link>
            ),
          },
          {
            id: 'state',
            header: 'State',
            cell: (one) => <StateBadge tone={TONES[one.state] ?? 'info'}>{one.state}</StateBadge>,
          },
          { id: 'since', header: 'Since', cell: (one) => <TimeAgo at={one.since} /> },
        ]}
      />
    )}
  </Loaded>
);

const writeTones: Readonly<Record<string, Tone>> = { waiting: 'wait', done: 'good', manual: 'wait', stuck: 'bad' };

/** What grants want of the system, and how far it is with that. */
export const WriteTab = ({ id }: Props) => {
  const me = useMe();
  const again = useAct({ run: tryWriteAgain, stales: ['systems'], done: () => 'Trying it again now' });
  const complete = useAct({
    run: ({ id, proof }: { id: string; proof: string }) => completeWrite(id, proof),
    stales: ['systems', 'accounts', 'drift'],
    done: () => 'Noted as done by hand; it counts as told until a reading shows it',
  });
  const ask = (id: string): void =>
    void confirm({
      title: 'Was it done by hand?',
      text: 'Say what shows it, for instance the number of the ticket. Your name stands beside it.',
      action: 'It is done',
      reason: 'required',
    }).then((answer) => (answer === undefined ? undefined : complete.mutate({ id, proof: answer.reason })));
  return (
    <Loaded list={useRows(writeList(id))}>
      {(writes) => (
        <PlainTable
          label="Writes"
          rows={writes}
          rowId={(write) => write.id}
          empty="No grant has wanted anything of it yet."
          columns={[
            { id: 'decided', header: 'Decided', title: true, cell: (write) => <TimeAgo at={write.decidedAt} /> },
            { id: 'who', header: 'For', cell: (write) => <IdentityName id={write.identityId} /> },
            { id: 'wanted', header: 'Access', cell: (write) => (write.wanted === 'present' ? 'given' : 'withdrawn') },
            {
              id: 'state',
              header: 'State',
              cell: (write) => <StateBadge tone={writeTones[write.state] ?? 'info'}>{write.state}</StateBadge>,
            },
            { id: 'tries', header: 'Tries', right: true, cell: (write) => String(write.tries) },
            { id: 'problem', header: 'Problem', cell: (write) => write.problem ?? '' },
            { id: 'settled', header: 'Settled', cell: (write) => <TimeAgo at={write.settledAt} never="not yet" /> },
            {
              id: 'actions',
              header: 'Actions',
              cell: (write) =>
                write.state === 'stuck' || write.state === 'manual' ? (
                  <span className="row">
                    {can(me, 'provisioning.retry') ? (
                      <Button variant="subtle" size="compact-xs" onClick={() => again.mutate(write.id)}>
                        Try again
                      </Button>
                    ) : null}
                    {can(me, 'provisioning.complete') ? (
                      <Button variant="subtle" size="compact-xs" onClick={() => ask(write.id)}>
                        Done by hand…
                      </Button>
                    ) : null}
                  </span>
                ) : null,
            },
          ]}
        />
      )}
    </Loaded>
  );
};

/** The secrets Reeve keeps for the system, and how old each is. */
export const CredentialTab = ({ id }: Props) => (
  <Loaded list={useRows(secretList({ systemId: id }))}>
    {(secrets) => (
      <PlainTable
        label="Credentials"
        rows={secrets}
        rowId={(secret) => secret.id}
        empty="Reeve keeps no secret for it."
        columns={[
          {
            id: 'name',
            header: 'Secret',
            title: true,
            cell: (secret) => (
              <Link to="/vault" search={{ q: secret.name }}>
                {secret.name}
              </Link>
            ),
          },
          { id: 'kind', header: 'Kind', cell: (secret) => secret.kind.replaceAll('_', ' ') },
          { id: 'purpose', header: 'For', cell: (secret) => secret.purpose.replaceAll('_', ' ') },
          { id: 'changed', header: 'Changed', cell: (secret) => <TimeAgo at={secret.changedAt} /> },
        ]}
      />
    )}
  </Loaded>
);

const every = (seconds: number): string => {
  if (seconds === 0) return 'only when asked';
  const [unit, size] =
    seconds % 86_400 === 0 ? ['day', 86_400] : seconds % 3600 === 0 ? ['hour', 3600] : ['minute', 60];
  const n = seconds / Number(size);
  return n === 1 ? `every ${String(unit)}` : `every ${String(Math.round(n * 10) / 10)} ${String(unit)}s`;
};

/** When it is read, and when it is not written to. */
export const ScheduleTab = ({ id }: Props) => {
  const schedule = useQuery(scheduleQuery(id));
  const maintenance = useQuery(maintenanceQuery(id));
  if (schedule.error !== null) return <Failed error={schedule.error} onRetry={() => void schedule.refetch()} />;
  if (schedule.data === undefined) return <Waiting />;
  const { data } = schedule;
  return (
    <div className="stack">
      <Facts
        of={[
          ['Read whole', every(data.readEverySeconds)],
          ['Next', data.nextReadAt === null ? undefined : <TimeAgo key="next" at={data.nextReadAt} />],
          ['Changes read', every(data.readChangesEverySeconds)],
          ['Next changes', data.nextChangesAt === null ? undefined : <TimeAgo key="changes" at={data.nextChangesAt} />],
          ['Changes cannot be read', data.changesProblem ?? undefined],
          [
            'Held over',
            `a loss of ${String(data.maxLossPercent)} % of what is known, and more than ${String(data.maxLossFree)}`,
          ],
        ]}
      />
      <section>
        <h3>Not written to</h3>
        <PlainTable
          label="Maintenance windows"
          rows={maintenance.data?.items ?? []}
          rowId={(window) => window.id}
          empty="It is written to at any time."
          columns={[
            { id: 'from', header: 'From', title: true, cell: (window) => <TimeAgo at={window.startsAt} /> },
            { id: 'to', header: 'To', cell: (window) => <TimeAgo at={window.endsAt} /> },
            {
              id: 'repeat',
              header: 'Again',
              cell: (window) => (window.repeatDays === null ? 'once' : `every ${String(window.repeatDays)} days`),
            },
            { id: 'because', header: 'Because', cell: (window) => window.because },
          ]}
        />
      </section>
    </div>
  );
};
