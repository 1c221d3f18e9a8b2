import { Button, Group, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { useRows } from '../../api/pages.ts';
import { addIssuer, bindClaims, bindingList, issuerList, removeIssuer, unbindClaims } from '../../api/workloads.ts';
import { AskButton } from '../../ui/feedback/ask-button.tsx';
import { useAct } from '../../ui/feedback/act.ts';
import { Section } from '../../ui/page.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { IdentityName } from '../identities/identity-name.tsx';
import { FormDialog } from './form-dialog.tsx';
import { blankGiven, GivenFields, givenOf, type May } from './given-fields.tsx';

const blankIssuer = { name: '', issuer: '', keysUrl: '', audience: 'reeve' };
const blankBinding = { issuerId: '', claims: '', given: blankGiven };

/** `sub=repo:shop:deploy`, with commas between them. */
const claimsOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split(',')
      .map((line) => [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1).trim()] as const)
      .filter(([name, value]) => name !== '' && value !== ''),
  );

/** Platforms whose tokens are taken, and whose they are. */
export const Issuers = ({ may }: { readonly may: May }) => {
  const issuers = useRows(issuerList());
  const bindings = useRows(bindingList());
  const [opened, setOpened] = useState<'issuer' | 'binding'>();
  const close = (): void => setOpened(undefined);
  const [issuer, setIssuer] = useState(blankIssuer);
  const [binding, setBinding] = useState(blankBinding);
  const add = useAct({
    run: () => addIssuer(issuer),
    stales: ['workloads'],
    quiet: true,
    done: ({ name }) => `Tokens of ${name} are taken; nobody is let in before they are bound`,
    after: close,
  });
  const bind = useAct({
    run: () => bindClaims({ ...givenOf(binding.given), issuerId: binding.issuerId, claims: claimsOf(binding.claims) }),
    stales: ['workloads'],
    quiet: true,
    done: () => 'Bound',
    after: close,
  });
  const remove = useAct({ run: removeIssuer, stales: ['workloads'], done: ({ name }) => `${name} is trusted no more` });
  const unbind = useAct({ run: unbindClaims, stales: ['workloads'], done: () => 'Unbound' });
  const [wrong, wrongBinding] = [fieldErrors(add.error), fieldErrors(bind.error)];
  const field = (name: keyof typeof blankIssuer) => ({
    value: issuer[name],
    error: wrong[name],
    required: true,
    withAsterisk: false,
    onChange: (event: { currentTarget: { value: string } }) =>
      setIssuer({ ...issuer, [name]: event.currentTarget.value }),
  });
  const nameOf = (id: string): string => issuers.rows.find((row) => row.id === id)?.name ?? '';
  return (
    <Section
      title="Tokens of platforms"
      aside={
        <Group gap="xs">
          {may.trust ? (
            <Button size="compact-sm" variant="default" onClick={() => setOpened('issuer')}>
              Trust a platform
            </Button>
          ) : null}
          {may.bind && issuers.rows.length > 0 ? (
            <Button size="compact-sm" variant="default" onClick={() => setOpened('binding')}>
              Bind claims
            </Button>
          ) : null}
        </Group>
      }
    >
      <PlainTable
        label="Platforms"
        rows={issuers.rows}
        rowId={({ id }) => id}
        empty="No platform's tokens are taken."
        columns={[
          { id: 'name', header: 'Platform', title: true, cell: (row) => row.name },
          { id: 'issuer', header: 'Issuer', cell: (row) => <span className="mono">{row.issuer}</span> },
          { id: 'audience', header: 'Audience', cell: (row) => row.audience },
          {
            id: 'act',
            header: 'Actions',
            cell: (row) =>
              may.trust ? (
                <AskButton
                  label="Distrust"
                  of={`platform ${row.name}`}
                  title={`Take no tokens of ${row.name} any more?`}
                  text="Its bindings end with it. Tokens that were given live their hour."
                  onYes={() => remove.mutate(row.id)}
                />
              ) : null,
          },
        ]}
      />
      <PlainTable
        label="Bindings"
        rows={bindings.rows}
        rowId={({ id }) => id}
        empty="Nobody is bound to claims."
        columns={[
          { id: 'who', header: 'Program', title: true, cell: (row) => <IdentityName id={row.identityId} /> },
          { id: 'of', header: 'Platform', cell: (row) => nameOf(row.issuerId) },
          {
            id: 'claims',
            header: 'Claims, all of them',
            cell: (row) => (
              <span className="mono">
                {Object.entries(row.claims)
                  .map(([name, value]) => `${name}=${value}`)
                  .join(', ')}
              </span>
            ),
          },
          { id: 'scopes', header: 'Scopes', cell: (row) => row.scopes.join(', ') },
          {
            id: 'act',
            header: 'Actions',
            cell: (row) =>
              may.bind ? (
                <AskButton
                  label="Unbind"
                  of={`claims of ${nameOf(row.issuerId)}`}
                  title="Let this program in no more?"
                  text="Tokens that were given live their hour."
                  onYes={() => unbind.mutate(row.id)}
                />
              ) : null,
          },
        ]}
      />
      <FormDialog
        title="Trust a platform"
        label="Trust"
        opened={opened === 'issuer'}
        act={add}
        ready={Object.values(issuer).every((value) => value.trim() !== '')}
        onSubmit={() => add.mutate(undefined)}
        onClose={close}
      >
        <TextInput label="Name" {...field('name')} />
        <TextInput label="Issuer" description="As its tokens say it (iss)" {...field('issuer')} />
        <TextInput label="Where its keys are" description="JWKS, over https" {...field('keysUrl')} />
        <TextInput label="Whom its tokens must be for" description="aud" {...field('audience')} />
      </FormDialog>
      <FormDialog
        title="Bind claims to a program"
        label="Bind"
        opened={opened === 'binding'}
        act={bind}
        ready={binding.issuerId !== '' && binding.given.identityId !== '' && binding.claims.includes('=')}
        onSubmit={() => bind.mutate(undefined)}
        onClose={close}
      >
        <Select
          label="Platform"
          error={wrongBinding['issuerId']}
          data={issuers.rows.map(({ id, name }) => ({ value: id, label: name }))}
          value={binding.issuerId === '' ? null : binding.issuerId}
          onChange={(issuerId) => setBinding({ ...binding, issuerId: issuerId ?? '' })}
        />
        <TextInput
          label="Claims"
          description="All of them hold; claims within claims with dots, several with commas between them"
          placeholder="sub=repo:shop:deploy, kubernetes.namespace=shop"
          error={wrongBinding['claims']}
          value={binding.claims}
          onChange={(event) => setBinding({ ...binding, claims: event.currentTarget.value })}
        />
        <GivenFields
          form={binding.given}
          wrong={wrongBinding}
          onChange={(given) => setBinding({ ...binding, given })}
        />
      </FormDialog>
    </Section>
  );
};
