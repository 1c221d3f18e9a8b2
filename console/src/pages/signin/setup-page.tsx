import { Button, Checkbox, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { beginEnrolment, signinQuery } from '../../api/signin.ts';
import { Problem, Waiting } from '../../ui/feedback/states.tsx';
import { Card } from './card.tsx';
import { ChooseMethod } from './choose-method.tsx';
import s from './signin.module.css';

/** The token stands after the #, so that it never reaches a server log. */
const tokenOf = (): string => new URLSearchParams(location.hash.slice(1)).get('token') ?? '';

/** A one-time link: makes the first administrator, or gives a known person a way to sign in. */
export const SetupPage = () => {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [token] = useState(tokenOf);
  const [person, setPerson] = useState({ displayName: '', username: '' });
  const [alone, setAlone] = useState(false);
  const state = useQuery(signinQuery);
  const first = state.data?.needsFirstAdministrator === true;
  const begin = useMutation({
    mutationFn: () =>
      beginEnrolment({
        token,
        ...(first ? { person: { displayName: person.displayName.trim(), username: person.username.trim() } } : {}),
      }),
  });
  const wrong = fieldErrors(begin.error);
  const done = async (): Promise<void> => {
    client.clear();
    history.replaceState(null, '', location.pathname);
    await navigate({ to: '/' });
  };

  if (token === '')
    return (
      <Card
        title="This link is not complete"
        lead="A one-time link ends in #token=… Copy the whole of it from where it was printed or sent to you, or ask for a fresh one."
      />
    );
  if (state.isPending) return <Waiting />;
  if (begin.data !== undefined)
    return <ChooseMethod token={token} enrolment={begin.data} alone={alone} onDone={() => void done()} />;
  return (
    <Card
      title={first ? 'Make the first administrator' : 'Set up your sign-in'}
      lead={
        first
          ? 'This link works once. Whoever finishes here runs this Reeve.'
          : 'This link works once and is yours alone. It takes a minute.'
      }
    >
      <form
        className={s['form']}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          begin.mutate();
        }}
      >
        {first ? (
          <>
            <TextInput
              label="Your name"
              name="name"
              autoComplete="name"
              required
              withAsterisk={false}
              autoFocus
              error={wrong['displayName']}
              value={person.displayName}
              onChange={(event) => setPerson({ ...person, displayName: event.currentTarget.value })}
            />
            <TextInput
              label="User name"
              description="Small letters, digits, dots and dashes; it begins with a letter."
              name="username"
              autoComplete="username"
              autoCapitalize="none"
              required
              withAsterisk={false}
              error={wrong['username']}
              value={person.username}
              onChange={(event) => setPerson({ ...person, username: event.currentTarget.value })}
            />
            <Checkbox
              label="I run this alone for now"
              description="You are security officer too. Rules keep the two apart, so this is tolerated for 90 days, on the record, and an open conflict after that. Leave it out where somebody else will be security officer."
              checked={alone}
              onChange={(event) => setAlone(event.currentTarget.checked)}
            />
          </>
        ) : null}
        <Button type="submit" size="sm" loading={begin.isPending}>
          Go on
        </Button>
      </form>
      <Problem error={begin.error} />
    </Card>
  );
};
