import { Button, PasswordInput, SegmentedControl, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { confirmSetupCode, setUpWithPasskey, setUpWithPassword } from '../../api/signin.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Card } from './card.tsx';
import s from './signin.module.css';
import { TotpSecret } from './totp-secret.tsx';

/** The token stands after the #, so that it never reaches a server log; it leaves the address once it is read. */
const tokenOf = (): string => new URLSearchParams(location.hash.slice(1)).get('token') ?? '';

/** First run: the one-time link makes the first administrator. */
export const SetupPage = () => {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [token] = useState(tokenOf);
  const [how, setHow] = useState<'passkey' | 'password'>('passkey');
  const [form, setForm] = useState({ displayName: '', username: '', password: '', code: '' });
  const done = async (): Promise<void> => {
    client.clear();
    history.replaceState(null, '', location.pathname);
    await navigate({ to: '/' });
  };
  const who = { token, displayName: form.displayName.trim(), username: form.username.trim() };
  const passkey = useMutation({ mutationFn: () => setUpWithPasskey(who), onSuccess: done });
  const password = useMutation({ mutationFn: () => setUpWithPassword({ ...who, password: form.password }) });
  const code = useMutation({
    mutationFn: () =>
      confirmSetupCode({ token, ceremonyId: password.data?.ceremonyId ?? '', code: form.code.replaceAll(/\s/g, '') }),
    onSuccess: done,
  });
  const wrong = fieldErrors(passkey.error ?? password.error);

  if (token === '')
    return (
      <Card
        title="This link is not complete"
        lead="The one-time link ends in #token=… Copy the whole of it from where Reeve printed it, or print a fresh one:"
      >
        <code>reeve setup link</code>
      </Card>
    );
  if (password.data !== undefined)
    return (
      <Card title="Add your authenticator" lead="Scan this, or type the key into the app, then give the code it shows.">
        <TotpSecret secret={password.data.secret} uri={password.data.uri} />
        <form
          className={s['form']}
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            code.mutate();
          }}
        >
          <TextInput
            label="Code"
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            withAsterisk={false}
            autoFocus
            value={form.code}
            onChange={(event) => setForm({ ...form, code: event.currentTarget.value })}
          />
          <Button type="submit" size="sm" loading={code.isPending}>
            Finish
          </Button>
        </form>
        <Problem error={code.error} />
      </Card>
    );
  return (
    <Card title="Make the first administrator" lead="This link works once. Whoever finishes here runs this Reeve.">
      <form
        className={s['form']}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          if (how === 'passkey') passkey.mutate();
          else password.mutate();
        }}
      >
        <TextInput
          label="Your name"
          name="name"
          autoComplete="name"
          required
          withAsterisk={false}
          autoFocus
          error={wrong['displayName']}
          value={form.displayName}
          onChange={(event) => setForm({ ...form, displayName: event.currentTarget.value })}
        />
        <TextInput
          label="User name"
          name="username"
          autoComplete="username"
          required
          withAsterisk={false}
          error={wrong['username']}
          value={form.username}
          onChange={(event) => setForm({ ...form, username: event.currentTarget.value })}
        />
        <SegmentedControl
          aria-label="How you sign in"
          value={how}
          onChange={(value) => setHow(value === 'password' ? 'password' : 'passkey')}
          data={[
            { value: 'passkey', label: 'Passkey' },
            { value: 'password', label: 'Password and code' },
          ]}
        />
        {how === 'passkey' ? null : (
          <PasswordInput
            label="Password"
            description="At least 12 characters; length beats symbols."
            name="new-password"
            autoComplete="new-password"
            required
            withAsterisk={false}
            error={wrong['password']}
            value={form.password}
            onChange={(event) => setForm({ ...form, password: event.currentTarget.value })}
            visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
          />
        )}
        <Button type="submit" size="sm" loading={passkey.isPending || password.isPending}>
          {how === 'passkey' ? 'Make my passkey' : 'Go on'}
        </Button>
      </form>
      <Problem error={passkey.error ?? password.error} />
    </Card>
  );
};
