import { Button, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { closeEmergencyPath, openEmergencyPath } from '../../api/emergency.ts';
import type { EmergencyPath } from '../../api/shapes/emergency.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { RiskBadge, StateBadge } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { Countdown, TimeAgo } from '../../ui/show/time-ago.tsx';
import { long, names, pathTone, thing } from './emergency-words.ts';
import { TakeAccess } from './take-access.tsx';

const Lock = ({ path }: { readonly path: EmergencyPath }) =>
  path.lockedAt === null ? null : (
    <p style={{ margin: 0 }}>
      Locked <TimeAgo at={path.lockedAt} />: {path.lockedBecause}.{' '}
      {path.lockedByUseId === null ? null : (
        <Link to="/emergency/uses/$id" params={{ id: path.lockedByUseId }}>
          See that use
        </Link>
      )}{' '}
      {path.opening === null
        ? `Once it is reviewed, two of these open it again: ${names(path.whoOpens)}.`
        : `${path.opening.askedBy.name} asked to open it again (${path.opening.reason}); another has to agree.`}
    </p>
  );

const PathCard = ({ path }: { readonly path: EmergencyPath }) => {
  const open = useAct({
    run: (reason: string) => openEmergencyPath(path.id, reason),
    stales: ['emergency'],
    done: (after) => (after.state === 'open' ? `${after.name} is open again` : 'Another person has to agree now'),
  });
  const close = useAct({
    run: () => closeEmergencyPath(path.id),
    stales: ['emergency'],
    done: (after) => `${after.name} is closed`,
  });
  return (
    <section className="card stack" aria-label={`Path ${path.name}`}>
      <div className="spread">
        <strong>{path.name}</strong>
        <Group gap="xs">
          <RiskBadge risk={path.what.risk} />
          <StateBadge tone={pathTone[path.state]}>{path.state}</StateBadge>
        </Group>
      </div>
      <div>{path.purpose}</div>
      <Lock path={path} />
      <Facts
        of={[
          ['Gives', `${thing(path.what)}, ${long(path.longestMinutes)} at most`],
          ['For', path.usersHold === null ? names(path.users) : `${names(path.users)} (who hold ${path.usersHold})`],
          ['Reviewed by', `${names(path.reviewers)}, within ${String(path.reviewWithinHours)} h`],
          [
            'Defined',
            <span key="by">
              {path.definedBy.name}, <TimeAgo at={path.definedAt} />
            </span>,
          ],
        ]}
      />
      <Group gap="xs">
        {path.mine === null ? null : (
          <Link to="/emergency/uses/$id" params={{ id: path.mine.useId }}>
            You have it, <Countdown to={path.mine.endsAt} /> left
          </Link>
        )}
        {path.mayUse && path.mine === null ? <TakeAccess path={path} /> : null}
        {path.mayOpen ? (
          <Button
            size="compact-sm"
            variant="default"
            loading={open.isPending}
            onClick={() =>
              void confirm({
                title: path.opening === null ? `Ask to open ${path.name} again?` : `Open ${path.name} again?`,
                text:
                  path.opening === null
                    ? 'Another security officer or administrator has to agree within a day.'
                    : `${path.opening.askedBy.name} asked for it: ${path.opening.reason}`,
                action: path.opening === null ? 'Ask' : 'Agree and open',
                reason: 'required',
              }).then((answer) => (answer === undefined ? undefined : open.mutate(answer.reason)))
            }
          >
            {path.opening === null ? 'Ask to open again…' : 'Agree to open…'}
          </Button>
        ) : null}
        {path.mayClose ? (
          <Button
            size="compact-sm"
            variant="subtle"
            color="red"
            aria-label={`Close ${path.name} for good`}
            onClick={() =>
              void confirm({
                title: `Close ${path.name} for good?`,
                text: 'Nobody can use it any more. What is had by it goes on to its end, and is reviewed.',
                action: 'Close',
                danger: true,
              }).then((answer) => (answer === undefined ? undefined : close.mutate(undefined)))
            }
          >
            Close…
          </Button>
        ) : null}
      </Group>
    </section>
  );
};

/** Paths, those that need somebody first. */
export const PathsList = ({ paths }: { readonly paths: readonly EmergencyPath[] }) => (
  <div className="stack">
    {paths
      .toSorted((a, b) => Number(b.state === 'locked') - Number(a.state === 'locked'))
      .map((path) => (
        <PathCard key={path.id} path={path} />
      ))}
  </div>
);
