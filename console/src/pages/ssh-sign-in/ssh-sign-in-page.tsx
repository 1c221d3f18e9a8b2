import { NativeSelect, Switch, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { can, useMe } from '../../api/me.ts';
import { setSshLoginPolicy, sshLoginPolicyQuery } from '../../api/ssh-logins.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { PlainForm } from '../../ui/plain-form.tsx';

type Policy = Parameters<typeof setSshLoginPolicy>[0];
const KEYS: readonly { readonly value: Policy['registeredKey']; readonly label: string }[] = [
  { value: 'step_up', label: 'Half of a login: its person agrees in the browser besides' },
  { value: 'alone', label: 'A whole login' },
  { value: 'refused', label: 'Nothing' },
];

/** How people may sign in to the SSH gateway besides by certificate. */
export const SshSignInPage = () => {
  const policy = useQuery(sshLoginPolicyQuery);
  if (policy.isPending) return <Waiting />;
  if (policy.isError) return <Failed error={policy.error} onRetry={() => void policy.refetch()} />;
  return (
    <Page
      title="SSH sign-in"
      lead="A certificate from reeve login always lets its person sign in. This is about everything else; it holds for logins from now on."
    >
      <PolicyForm key={JSON.stringify(policy.data)} kept={policy.data} />
    </Page>
  );
};

const PolicyForm = ({ kept }: { readonly kept: Policy }) => {
  const me = useMe();
  const [form, setForm] = useState({ ...kept, minutes: String(kept.rememberMinutes), days: String(kept.keyDays) });
  const readOnly = !can(me, 'ssh_login_policy.set');
  const save = useAct({
    run: () =>
      setSshLoginPolicy({
        registeredKey: form.registeredKey,
        withoutKey: form.withoutKey,
        typedCode: form.typedCode,
        rememberMinutes: Number(form.minutes),
        keyDays: Number(form.days),
      }),
    stales: ['ssh-login-policy'],
    quiet: true,
    done: () => 'Set; it holds for logins from now on',
  });
  const wrong = fieldErrors(save.error);
  return (
    <PlainForm act={save} label="Set" width="34rem" onSubmit={() => (readOnly ? undefined : save.mutate(undefined))}>
      <NativeSelect
        label="A registered key is worth"
        data={[...KEYS]}
        disabled={readOnly}
        value={form.registeredKey}
        onChange={(event) => {
          const value = KEYS.find((key) => key.value === event.currentTarget.value)?.value;
          if (value !== undefined) setForm({ ...form, registeredKey: value });
        }}
      />
      <Switch
        label="Sign in without a key"
        description="By a code that the terminal shows and its person agrees to in the browser."
        disabled={readOnly}
        checked={form.withoutKey}
        onChange={(event) => setForm({ ...form, withoutKey: event.currentTarget.checked })}
      />
      <Switch
        label="One-time codes at the terminal"
        description="In place of the browser, after a key. What is typed in a terminal can be lured out of people."
        disabled={readOnly}
        checked={form.typedCode}
        onChange={(event) => setForm({ ...form, typedCode: event.currentTarget.checked })}
      />
      <TextInput
        label="Minutes for which one agreement counts"
        description="For the same key from the same address; 0: for one connection."
        inputMode="numeric"
        disabled={readOnly}
        error={wrong['rememberMinutes']}
        value={form.minutes}
        onChange={(event) => setForm({ ...form, minutes: event.currentTarget.value })}
      />
      <TextInput
        label="Days for which a key counts at most"
        description="For keys that are registered from now on."
        inputMode="numeric"
        disabled={readOnly}
        error={wrong['keyDays']}
        value={form.days}
        onChange={(event) => setForm({ ...form, days: event.currentTarget.value })}
      />
    </PlainForm>
  );
};
