import { Button, Group } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { agreeToSshLogin, denySshLogin, findSshLogin, type SshLogin } from '../../api/ssh-logins.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { Countdown } from '../../ui/show/time-ago.tsx';
import { CodeForm } from './code-form.tsx';

/** Where a person sees which SSH login waits under the code in their terminal, and lets it in as themself or refuses it. */
export const SshLoginPage = () => {
  const find = useMutation({ mutationFn: findSshLogin });
  const agree = useMutation({ mutationFn: agreeToSshLogin });
  const deny = useMutation({ mutationFn: denySshLogin });
  if (deny.isSuccess)
    return (
      <Page title="Refused">
        <p role="status">
          The terminal was told, and lets nobody in. If you did not start it, tell your security team.
        </p>
      </Page>
    );
  if (agree.data !== undefined) return <Agreed number={agree.data.number} />;
  const login = find.data?.login;
  return (
    <Page
      title="Let an SSH login in"
      lead="Only go on if you have just started it yourself, and read the code in your own terminal."
    >
      <div className="stack" style={{ maxWidth: '34rem' }}>
        <CodeForm busy={find.isPending} onCode={(code) => find.mutate(code)} />
        <Problem error={find.error} />
        {login === null ? (
          <p role="status">No login waits for you under this code. Read it again; it is good for five minutes.</p>
        ) : null}
        {login === undefined || login === null ? null : (
          <Waits login={login}>
            <Problem error={agree.error ?? deny.error} />
            <Group gap="xs">
              <Button loading={agree.isPending} onClick={() => agree.mutate(login.id)}>
                Let it in as me
              </Button>
              <Button
                variant="default"
                color="red"
                loading={deny.isPending}
                disabled={agree.isPending}
                onClick={() => deny.mutate(login.id)}
              >
                Refuse
              </Button>
            </Group>
          </Waits>
        )}
      </div>
    </Page>
  );
};

const Waits = ({ login, children }: { readonly login: SshLogin; readonly children: ReactNode }) => (
  <section className="card stack" aria-label="The login that waits">
    <Facts
      of={[
        ['To', <strong className="mono">{`${login.account}@${login.system}`}</strong>],
        ['From', <span className="mono">{login.clientAddress}</span>],
        ['Your browser', <span className="mono">{login.browserAddress}</span>],
        ['Client', <span className="mono">{login.clientVersion}</span>],
        ['Proved by', login.keyName === null ? 'no key: by your word alone' : `your key ${login.keyName}`],
        ['Good for', <Countdown to={login.endsAt} over="no longer" />],
      ]}
    />
    {login.elsewhere ? (
      <p role="alert">
        <strong>This login comes from another address than your browser.</strong> If somebody sent you the code, refuse:
        they would act as you. If it is yours, a number has to be typed in your terminal besides.
      </p>
    ) : null}
    {login.keyName === null ? (
      <p className="dim">Whoever has the code could have started this. It acts as you, with everything you may open.</p>
    ) : null}
    {children}
  </section>
);

const Agreed = ({ number }: { readonly number: string | null }) =>
  number === null ? (
    <Page title="It is in">
      <p role="status">The terminal goes on by itself. You can close this page.</p>
    </Page>
  ) : (
    <Page title="Type this in your terminal">
      <p role="status">
        Number: <strong className="mono">{number}</strong>
      </p>
      <p>Type it yourself, where you started the login. Tell it to nobody, whoever they say they are.</p>
    </Page>
  );
