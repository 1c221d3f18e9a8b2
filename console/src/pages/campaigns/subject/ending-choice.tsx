import { Button, Radio, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { can, useMe } from '../../../api/me.ts';
import { chooseAction, itemActionsQuery, nameOwner } from '../../../api/reviews.ts';
import type { CampaignItem } from '../../../api/shapes/campaigns.ts';
import { useAct } from '../../../ui/feedback/act.ts';
import { Problem } from '../../../ui/feedback/states.tsx';
import s from '../campaigns.module.css';

const LABELS = {
  person: 'For this person only',
  role: 'For everybody who has the role',
} as const;

/** What a revocation would really end, and where there is more than one way, which it is to be. */
export const EndingChoice = ({ item }: { readonly item: CampaignItem }) => {
  const me = useMe();
  const undecided = item.state === 'open' || item.state === 'decided';
  const { data } = useQuery({ ...itemActionsQuery(item.id), enabled: undecided });
  const choose = useAct({
    run: (action: 'person' | 'role') => chooseAction(item.id, action),
    stales: ['campaigns'],
    done: () => 'Chosen; it happens when the decision is signed',
  });
  if (!undecided || data === undefined) return null;
  const chosen = data.chosen ?? 'person';
  const mine = item.reviewerId === me.id || can(me, 'campaign.create');
  return (
    <section>
      <h3>A revocation</h3>
      {data.actions.length === 1 ? (
        <Does of={data.actions[0]?.does ?? []} />
      ) : (
        <Radio.Group
          aria-label="How a revocation ends the access"
          value={chosen}
          onChange={(action) => choose.mutate(action as 'person' | 'role')}
        >
          {data.actions.map(({ action, does }) => (
            <div key={action} className={s['way']}>
              <Radio value={action} label={LABELS[action]} disabled={!mine || choose.isPending} />
              <Does of={does} />
            </div>
          ))}
        </Radio.Group>
      )}
      {item.subject === 'account' && item.reviewerId === me.id ? <WhoAnswers item={item} /> : null}
    </section>
  );
};

const Does = ({ of }: { readonly of: readonly string[] }) => (
  <ul className={s['does']}>
    {of.map((line) => (
      <li key={line}>{line}</li>
    ))}
  </ul>
);

/** In place of a revocation: somebody answers for the account from now on. */
const WhoAnswers = ({ item }: { readonly item: CampaignItem }) => {
  const [identity, setIdentity] = useState('');
  const [because, setBecause] = useState('');
  const name = useAct({
    run: () => nameOwner(item.id, { identity: identity.trim(), because: because.trim() }),
    stales: ['campaigns'],
    quiet: true,
    done: () => 'Kept: somebody answers for it',
  });
  return (
    <form
      className="stack"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        name.mutate(undefined);
      }}
    >
      <h3>Or say who answers for it</h3>
      <TextInput
        label="Username"
        required
        withAsterisk={false}
        value={identity}
        onChange={(event) => setIdentity(event.currentTarget.value)}
      />
      <TextInput
        label="Because"
        required
        withAsterisk={false}
        value={because}
        onChange={(event) => setBecause(event.currentTarget.value)}
      />
      <Problem error={name.error} />
      <Button type="submit" size="sm" variant="default" loading={name.isPending}>
        Keep it with an owner
      </Button>
    </form>
  );
};
