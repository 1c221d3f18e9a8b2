import { Button, Group, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { beginTotp, confirmTotp, totpQuery } from '../../api/settings.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Section } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { TotpSecret } from '../signin/totp-secret.tsx';

export const Totp = () => {
  const state = useQuery(totpQuery);
  const [code, setCode] = useState('');
  const begin = useMutation({ mutationFn: beginTotp, gcTime: 0 });
  const finish = useAct({
    run: () => confirmTotp({ ceremonyId: begin.data?.ceremonyId ?? '', code: code.replaceAll(/\s/g, '') }),
    stales: ['totp'],
    quiet: true,
    done: () => 'Authenticator added',
    after: () => {
      begin.reset();
      setCode('');
    },
  });
  return (
    <Section
      title="Authenticator app"
      aside={
        state.data === undefined ? null : (
          <StateBadge tone={state.data.enrolled ? 'good' : 'quiet'}>
            {state.data.enrolled ? 'set up' : 'not set up'}
          </StateBadge>
        )
      }
    >
      {begin.data === undefined ? (
        <div>
          <Button variant="default" loading={begin.isPending} onClick={() => begin.mutate()}>
            {state.data?.enrolled === true ? 'Replace it' : 'Set it up'}
          </Button>
          <Problem error={begin.error} />
        </div>
      ) : (
        <form
          className="stack"
          style={{ maxWidth: '24rem' }}
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            finish.mutate(undefined);
          }}
        >
          <TotpSecret secret={begin.data.secret} uri={begin.data.uri} />
          <Group align="end" gap="xs">
            <TextInput
              label="Code it shows"
              inputMode="numeric"
              autoComplete="one-time-code"
              required
              withAsterisk={false}
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
            />
            <Button type="submit" size="sm" loading={finish.isPending}>
              Confirm
            </Button>
          </Group>
          <Problem error={finish.error} />
        </form>
      )}
    </Section>
  );
};
