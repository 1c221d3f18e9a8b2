import { Button, Group, Textarea } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { kitList, retireKit, takeEnvelope, takeKitShare, type Kit } from '../../api/kits.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { AskButton } from '../../ui/feedback/ask-button.tsx';
import { useAct } from '../../ui/feedback/act.ts';
import { Page, Section } from '../../ui/page.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { ShownOnce } from '../../ui/show/shown-once.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { IdentityName } from '../identities/identity-name.tsx';
import { DrillDialog } from './drill-dialog.tsx';
import { NewKit } from './new-kit.tsx';

/** Kits for the day Reeve is not there: what lies in them, who holds a share, and whether they were drilled. */
export const KitsPage = () => {
  const me = useMe();
  const list = useRows(kitList());
  const [making, setMaking] = useState(false);
  const [drilling, setDrilling] = useState<Kit>();
  return (
    <Page
      title="Break-glass kits"
      lead="Secrets sealed for the day Reeve is not there. The envelope opens with enough of the printed shares, and without Reeve."
      crumbs={<Link to="/vault">Vault</Link>}
      actions={can(me, 'break_glass_kit.make') ? <Button onClick={() => setMaking(true)}>New kit</Button> : undefined}
    >
      {list.rows.length === 0 && !list.loading ? (
        <p className="dim">No kit is there. Without one, nobody gets at a secret while Reeve is down.</p>
      ) : null}
      {list.rows.map((kit) => (
        <OneKit key={kit.id} kit={kit} me={me} onDrill={() => setDrilling(kit)} />
      ))}
      <NewKit opened={making} onClose={() => setMaking(false)} />
      <DrillDialog kit={drilling} onClose={() => setDrilling(undefined)} />
    </Page>
  );
};

const OneKit = ({
  kit,
  me,
  onDrill,
}: {
  readonly kit: Kit;
  readonly me: ReturnType<typeof useMe>;
  readonly onDrill: () => void;
}) => {
  const [share, setShare] = useState<string>();
  const [envelope, setEnvelope] = useState<string>();
  const take = useAct({ run: () => takeKitShare(kit.id), stales: ['kits'], after: (answer) => setShare(answer.share) });
  const fetchEnvelope = useAct({
    run: () => takeEnvelope(kit.id),
    stales: [],
    after: (answer) => setEnvelope(answer.envelope),
  });
  const retire = useAct({
    run: () => retireKit(kit.id),
    stales: ['kits'],
    done: () => `${kit.name} is retired; change what lay in it`,
  });
  const mine = kit.holders.some(({ id, taken }) => id === me.id && !taken);
  return (
    <Section
      title={kit.name}
      aside={
        <Group gap="xs">
          {mine ? (
            <Button size="compact-sm" loading={take.isPending} onClick={() => take.mutate(undefined)}>
              Show my share
            </Button>
          ) : null}
          {can(me, 'break_glass_kit.take_envelope') ? (
            <Button
              size="compact-sm"
              variant="default"
              loading={fetchEnvelope.isPending}
              onClick={() => fetchEnvelope.mutate(undefined)}
            >
              Take envelope
            </Button>
          ) : null}
          {can(me, 'break_glass_kit.drill') ? (
            <Button size="compact-sm" variant="default" onClick={onDrill}>
              Record drill…
            </Button>
          ) : null}
          {can(me, 'break_glass_kit.retire') ? (
            <AskButton
              label="Retire"
              of={`kit ${kit.name}`}
              title={`Retire ${kit.name}?`}
              text="Paper that is out still opens its envelope: change the secrets that lay in it."
              onYes={() => retire.mutate(undefined)}
            />
          ) : null}
        </Group>
      }
    >
      <ShownOnce value={share} label="your share" onDone={() => setShare(undefined)} />
      {envelope === undefined ? null : (
        <Textarea
          label="Envelope"
          description="Save it as envelope.json, beside a copy of tools/open-kit.mjs and apart from the shares."
          readOnly
          rows={4}
          value={envelope}
          onFocus={(event) => event.currentTarget.select()}
        />
      )}
      <Facts
        of={[
          ['Opens with', `${String(kit.threshold)} of ${String(kit.holders.length)} shares`],
          ['Secrets', String(kit.secrets)],
          [
            'Changed since',
            kit.stale.length === 0 ? 'none' : `${kit.stale.join(', ')}: make a new kit and retire this one`,
          ],
          ['Holders', <Holders key="h" of={kit} />],
          [
            'Drills',
            kit.lastOpenedAt === null ? (
              `${String(kit.drills)}, none opened it`
            ) : (
              <span key="d">
                {kit.drills}, opened last <TimeAgo at={kit.lastOpenedAt} />
              </span>
            ),
          ],
          [
            'Next drill',
            <span key="n">
              {kit.drillOverdue ? 'overdue, was due ' : ''}
              <TimeAgo at={kit.drillDueAt} />
            </span>,
          ],
          ['Made', <TimeAgo key="m" at={kit.madeAt} />],
        ]}
      />
    </Section>
  );
};

const Holders = ({ of: kit }: { readonly of: Kit }) => (
  <span>
    {kit.holders.map(({ id, taken }, n) => (
      <span key={id}>
        {n === 0 ? '' : ', '}
        <IdentityName id={id} />
        {taken ? '' : ' (has not taken theirs)'}
      </span>
    ))}
  </span>
);
