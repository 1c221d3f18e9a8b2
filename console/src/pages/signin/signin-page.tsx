import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { signInWithPasskey, signInWithPassword, signinQuery } from '../../api/signin.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Card } from './card.tsx';
import s from './signin.module.css';

const route = getRouteApi('/signin');

/** Passkey first; password with a code for who has none. Nothing here asks to remember or to retype. */
export const SigninPage = () => {
  const { to } = route.useSearch();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { data: state } = useQuery(signinQuery);
  const [withPassword, setWithPassword] = useState(false);
  const [form, setForm] = useState({ username: '', password: '', code: '' });
  const signIn = useMutation({
    mutationFn: (how: 'passkey' | 'password') =>
      how === 'passkey' ? signInWithPasskey() : signInWithPassword({ ...form, code: form.code.replaceAll(/\s/g, '') }),
    onSuccess: async () => {
      client.clear();
      await navigate({ href: to ?? '/' });
    },
  });
  if (state?.needsFirstAdministrator === true)
    return (
      <Card
        title="Nobody can sign in yet"
        lead="This Reeve has no administrator. Open the one-time link it printed when it started."
      />
    );
  return (
    <Card title="Sign in to Reeve">
      <Button size="sm" loading={signIn.isPending && !withPassword} onClick={() => signIn.mutate('passkey')}>
        Sign in with a passkey
      </Button>
      {withPassword ? (
        <>
          <div className={s['or']}>or</div>
          <form
            className={s['form']}
            onSubmit={(event: FormEvent) => {
              event.preventDefault();
              signIn.mutate('password');
            }}
          >
            <TextInput
              label="User name"
              name="username"
              autoComplete="username"
              required
              withAsterisk={false}
              autoFocus
              value={form.username}
              onChange={(event) => setForm({ ...form, username: event.currentTarget.value })}
            />
            <PasswordInput
              label="Password"
              name="password"
              autoComplete="current-password"
              required
              withAsterisk={false}
              value={form.password}
              onChange={(event) => setForm({ ...form, password: event.currentTarget.value })}
              visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
            />
            <TextInput
              label="Code from your authenticator"
              name="code"
              inputMode="numeric"
              autoComplete="one-time-code"
              required
              withAsterisk={false}
              value={form.code}
              onChange={(event) => setForm({ ...form, code: event.currentTarget.value })}
            />
            <Button type="submit" size="sm" variant="default" loading={signIn.isPending}>
              Sign in
            </Button>
          </form>
        </>
      ) : (
        <Button variant="subtle" onClick={() => setWithPassword(true)}>
          Use a password and code instead
        </Button>
      )}
      <Problem error={signIn.error} />
    </Card>
  );
};
