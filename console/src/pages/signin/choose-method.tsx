import { Button, PasswordInput, SegmentedControl, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { enrolPasskey, enrolPassword, type beginEnrolment } from '../../api/signin.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Card } from './card.tsx';
import s from './signin.module.css';
import { TotpSecret } from './totp-secret.tsx';

interface ChooseMethodProps {
  readonly token: string;
  readonly enrolment: Awaited<ReturnType<typeof beginEnrolment>>;
  /** The first administrator is alone, and security officer too for a time. */
  readonly alone: boolean;
  readonly onDone: () => void;
}

/** How this person will sign in: a passkey, or a password with the codes of an authenticator. */
export const ChooseMethod = ({ token, enrolment, alone, onDone }: ChooseMethodProps) => {
  const [how, setHow] = useState('passkey');
  const [form, setForm] = useState({ name: 'My first passkey', password: '', code: '' });
  const finish = useMutation({
    mutationFn: () =>
      how === 'passkey'
        ? enrolPasskey(token, enrolment.challengeId, enrolment.passkeyOptions, form.name.trim(), alone)
        : enrolPassword(token, form.password, form.code.replaceAll(/\s/g, ''), alone),
    onSuccess: onDone,
  });
  const wrong = fieldErrors(finish.error);
  return (
    <Card title="How you sign in" lead={`You are ${enrolment.username}. One way is enough; more can be added later.`}>
      <SegmentedControl
        aria-label="How you sign in"
        value={how}
        onChange={setHow}
        data={[
          { value: 'passkey', label: 'Passkey' },
          { value: 'password', label: 'Password and code' },
        ]}
      />
      <form
        className={s['form']}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          finish.mutate();
        }}
      >
        {how === 'passkey' ? (
          <TextInput
            label="Name of the passkey"
            description="So that you know it again: this laptop, that key."
            required
            withAsterisk={false}
            error={wrong['name']}
            value={form.name}
            onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
          />
        ) : (
          <>
            <input type="hidden" name="username" autoComplete="username" value={enrolment.username} readOnly />
            <PasswordInput
              label="Password"
              description="Long beats odd: a sentence is good."
              name="new-password"
              autoComplete="new-password"
              required
              withAsterisk={false}
              error={wrong['password']}
              value={form.password}
              onChange={(event) => setForm({ ...form, password: event.currentTarget.value })}
              visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
            />
            <p className="dim small">
              Scan this with an authenticator app, or type the key, then give the code it shows.
            </p>
            <TotpSecret uri={enrolment.totpUri} />
            <TextInput
              label="Code"
              name="code"
              inputMode="numeric"
              autoComplete="one-time-code"
              required
              withAsterisk={false}
              error={wrong['code']}
              value={form.code}
              onChange={(event) => setForm({ ...form, code: event.currentTarget.value })}
            />
          </>
        )}
        <Button type="submit" size="sm" loading={finish.isPending}>
          {how === 'passkey' ? 'Make my passkey' : 'Finish'}
        </Button>
      </form>
      <Problem error={finish.error} />
    </Card>
  );
};
