import { Group, NativeSelect, Switch, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { changeNoticePreferences, noticePreferencesQuery, type NoticeDelivery } from '../../api/notice-texts.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Section } from '../../ui/page.tsx';
import { utc } from '../../ui/show/time-ago.tsx';
import { PlainForm } from '../../ui/plain-form.tsx';

const WAYS: readonly { readonly value: NoticeDelivery; readonly label: string }[] = [
  { value: 'at_once', label: 'At once' },
  { value: 'hourly', label: 'Together, every hour of work' },
  { value: 'daily', label: 'Together, every morning of work' },
];

interface Changed {
  readonly delivery?: NoticeDelivery;
  readonly quietFrom?: string | null;
  readonly quietTo?: string | null;
}

/** When I want mails. */
export const NoticePreferences = () => {
  const kept = useQuery(noticePreferencesQuery);
  const [changed, setChanged] = useState<Changed>({});
  const save = useAct({
    run: changeNoticePreferences,
    stales: ['notice-preferences'],
    quiet: true,
    done: () => 'Mails go by it from now on',
    after: () => setChanged({}),
  });
  if (kept.isPending) return <Waiting />;
  if (kept.isError) return <Failed error={kept.error} onRetry={() => void kept.refetch()} />;
  const form = {
    delivery: kept.data.delivery,
    quietFrom: kept.data.quietFrom,
    quietTo: kept.data.quietTo,
    ...changed,
  };
  const quiet = form.quietFrom !== null;
  const wrong = fieldErrors(save.error);
  return (
    <Section title="Mails">
      <p className="dim">
        What is urgent, and what has to be answered within hours, is always sent at once. Hours and days are those of
        your site: {kept.data.site}, {kept.data.timeZone}.
      </p>
      <PlainForm act={save} label="Save" width="28rem" onSubmit={() => save.mutate(form)}>
        <NativeSelect
          label="What is not urgent"
          data={WAYS}
          value={form.delivery}
          error={wrong['delivery']}
          onChange={(event) => {
            const delivery = WAYS.find(({ value }) => value === event.currentTarget.value)?.value;
            if (delivery !== undefined) setChanged({ ...changed, delivery });
          }}
        />
        <Switch
          label="Quiet hours"
          description="Nothing that is not urgent is sent in them; it comes together when they end."
          checked={quiet}
          onChange={(event) =>
            setChanged({
              ...changed,
              ...(event.currentTarget.checked
                ? { quietFrom: '20:00', quietTo: '07:00' }
                : { quietFrom: null, quietTo: null }),
            })
          }
        />
        {quiet ? (
          <Group grow>
            <TextInput
              type="time"
              label="From"
              error={wrong['quietFrom']}
              value={form.quietFrom ?? ''}
              onChange={(event) => setChanged({ ...changed, quietFrom: event.currentTarget.value })}
            />
            <TextInput
              type="time"
              label="To"
              error={wrong['quietTo']}
              value={form.quietTo ?? ''}
              onChange={(event) => setChanged({ ...changed, quietTo: event.currentTarget.value })}
            />
          </Group>
        ) : null}
        <p className="dim">As saved, what happens now and is not urgent would be sent at {utc(kept.data.nextAt)}.</p>
      </PlainForm>
    </Section>
  );
};
