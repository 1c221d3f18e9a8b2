import { Button, NativeSelect, TagsInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { addWebhook, webhookKindsQuery, type WebhookKind } from '../../api/notices.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';

const FORMS: readonly { readonly value: WebhookKind; readonly label: string }[] = [
  { value: 'standard', label: 'Signed JSON (Standard Webhooks)' },
  { value: 'slack', label: 'Slack message' },
  { value: 'mattermost', label: 'Mattermost message' },
  { value: 'teams', label: 'Teams card' },
];
const blank = { name: '', url: '', kinds: [] as string[], kind: 'standard' as WebhookKind };

/** Groups first: most want all of a noun. */
const offered = (types: readonly string[]): string[] => [
  ...new Set([...types.map((type) => `${type.split('.')[0] ?? ''}.*`), ...types]),
];

/** Subscribing a receiver. */
export const AddWebhook = ({ onSecret }: { readonly onSecret: (secret: string | undefined) => void }) => {
  const types = useQuery(webhookKindsQuery);
  const [form, setForm] = useState(blank);
  const add = useAct({
    run: () => addWebhook({ ...form, name: form.name.trim(), url: form.url.trim() }),
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
    <form
      className="stack"
      style={{ maxWidth: '40rem' }}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        add.mutate(undefined);
      }}
    >
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
      <TagsInput
        label="Events"
        description="Such as request.approved, request.* or *"
        error={wrong['kinds'] ?? Object.entries(wrong).find(([field]) => field.startsWith('kinds'))?.[1]}
        data={offered(types.data?.items ?? [])}
        value={form.kinds}
        onChange={(kinds) => setForm({ ...form, kinds })}
      />
      <Problem error={add.error} />
      <div>
        <Button type="submit" size="sm" loading={add.isPending}>
          Add webhook
        </Button>
      </div>
    </form>
  );
};
