import { NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { addWebhook, webhookKindsQuery, type WebhookKind } from '../../api/notices.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { PlainForm } from '../../ui/plain-form.tsx';
import { SystemsField } from './webhook-systems.tsx';

const FORMS: readonly { readonly value: WebhookKind; readonly label: string }[] = [
  { value: 'standard', label: 'Signed JSON (Standard Webhooks)' },
  { value: 'slack', label: 'Slack message' },
  { value: 'mattermost', label: 'Mattermost message' },
  { value: 'teams', label: 'Teams card' },
];
const blank = {
  name: '',
  url: '',
  kinds: '',
  kind: 'standard' as WebhookKind,
  systemIds: [] as readonly string[],
};

/** Subscribing a receiver. */
export const AddWebhook = ({ onSecret }: { readonly onSecret: (secret: string | undefined) => void }) => {
  const types = useQuery(webhookKindsQuery);
  const [form, setForm] = useState(blank);
  const add = useAct({
    run: () =>
      addWebhook({
        name: form.name.trim(),
        kind: form.kind,
        url: form.url.trim(),
        kinds: form.kinds.split(/[\s,]+/).filter(Boolean),
        ...(form.systemIds.length === 0 ? {} : { systemIds: [...form.systemIds] }),
      }),
    stales: ['webhooks'],
    quiet: true,
    done: (made) => `${made.webhook.name} hears of what happens from now on`,
    after: (made) => {
      onSecret(made.secret ?? undefined);
      setForm(blank);
    },
  });
  const wrong = fieldErrors(add.error);
  return (
    <PlainForm act={add} label="Add webhook" onSubmit={() => add.mutate(undefined)}>
      <h3>Add a webhook</h3>
      <TextInput
        label="Name"
        required
        withAsterisk={false}
        error={wrong['name']}
        value={form.name}
        onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
      />
      <NativeSelect
        label="Form"
        value={form.kind}
        data={FORMS}
        onChange={(event) => {
          const kind = FORMS.find(({ value }) => value === event.currentTarget.value)?.value ?? 'standard';
          setForm({ ...form, kind });
        }}
      />
      <TextInput
        label="Address"
        description="https:// and public, unless outbound_allow opens others. It is not shown again."
        required
        withAsterisk={false}
        error={wrong['url']}
        value={form.url}
        onChange={(event) => setForm({ ...form, url: event.currentTarget.value })}
      />
      <TextInput
        label="Events"
        description="Types such as request.approved, groups such as request.*, or * for all; several with blanks between"
        required
        withAsterisk={false}
        list="webhook-kinds"
        error={Object.entries(wrong).find(([field]) => field.startsWith('kinds'))?.[1]}
        value={form.kinds}
        onChange={(event) => setForm({ ...form, kinds: event.currentTarget.value })}
      />
      <datalist id="webhook-kinds">
        {(types.data?.items ?? []).map((type) => (
          <option key={type} value={type} />
        ))}
      </datalist>
      <SystemsField
        of={form.systemIds}
        error={wrong['systemIds']}
        onChange={(systemIds) => setForm({ ...form, systemIds })}
      />
    </PlainForm>
  );
};
