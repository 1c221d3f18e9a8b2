import { Button, Group } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { decideDeviceLogin, deviceLoginQuery } from '../../api/signin.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { Countdown } from '../../ui/show/time-ago.tsx';
import { CodeForm } from './code-form.tsx';

const route = getRouteApi('/shell/device');

/** Lets a command line in as the person signed in here. She compares the code with the one in her terminal first. */
export const DevicePage = () => {
  const { code = '' } = route.useSearch();
  const [asked, setAsked] = useState(code);
  const login = useQuery(deviceLoginQuery(asked));
  const decide = useMutation({ mutationFn: (approve: boolean) => decideDeviceLogin(asked, approve) });
  if (decide.data !== undefined)
    return (
      <Page title={decide.data.approve ? 'It is in' : 'Refused'}>
        <p role="status">
          {decide.data.approve
            ? 'The command line goes on by itself. You can close this page.'
            : 'The command line was not let in.'}
        </p>
      </Page>
    );
  return (
    <Page
      title="Let a command line in"
      lead="It will act as you, with everything you may do. Only go on if you have just started it yourself."
    >
      <div className="stack" style={{ maxWidth: '26rem' }}>
        <CodeForm code={code} onCode={setAsked} />
        {asked === '' ? null : <Problem error={login.error} />}
        {login.data === undefined ? null : (
          <section className="card stack" aria-label="The command line that waits">
            <div>
              <strong>{login.data.client}</strong> waits under the code <strong className="mono">{asked}</strong>, for{' '}
              <Countdown to={login.data.endsAt} over="no longer" /> more.
            </div>
            <Problem error={decide.error} />
            <Group gap="xs">
              <Button loading={decide.isPending} onClick={() => decide.mutate(true)}>
                Let it in
              </Button>
              <Button variant="default" disabled={decide.isPending} onClick={() => decide.mutate(false)}>
                Refuse
              </Button>
            </Group>
          </section>
        )}
      </div>
    </Page>
  );
};
