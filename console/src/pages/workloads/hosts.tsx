import { Button, Select } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { useRows } from '../../api/pages.ts';
import { systemList } from '../../api/systems.ts';
import { bindHost, hostList, unbindHost } from '../../api/workloads.ts';
import { AskButton } from '../../ui/feedback/ask-button.tsx';
import { useAct } from '../../ui/feedback/act.ts';
import { Section } from '../../ui/page.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { IdentityName } from '../identities/identity-name.tsx';
import { FormDialog } from './form-dialog.tsx';
import { blankGiven, GivenFields, givenOf, type May } from './given-fields.tsx';

/** Hosts that prove themselves with the SSH host keys they were onboarded with. */
export const Hosts = ({ may }: { readonly may: May }) => {
  const hosts = useRows(hostList());
  const [opened, setOpened] = useState(false);
  const unbind = useAct({ run: unbindHost, stales: ['workloads'], done: () => 'Unbound' });
  return (
    <Section
      title="SSH host keys"
      aside={
        may.bind ? (
          <Button size="compact-sm" variant="default" onClick={() => setOpened(true)}>
            Bind a host
          </Button>
        ) : undefined
      }
    >
      <PlainTable
        label="Hosts"
        rows={hosts.rows}
        rowId={({ id }) => id}
        empty="No host proves itself by its key."
        columns={[
          {
            id: 'host',
            header: 'Host',
            title: true,
            cell: (row) => (
              <Link to="/systems/$id" params={{ id: row.systemId }}>
                {row.systemName}
              </Link>
            ),
          },
          { id: 'who', header: 'Program', cell: (row) => <IdentityName id={row.identityId} /> },
          { id: 'keys', header: 'Pinned keys', cell: (row) => <span className="mono">{row.pinned.join(', ')}</span> },
          { id: 'scopes', header: 'Scopes', cell: (row) => row.scopes.join(', ') },
          {
            id: 'act',
            header: 'Actions',
            cell: (row) =>
              may.bind ? (
                <AskButton
                  label="Unbind"
                  of={`host ${row.systemName}`}
                  title={`Let ${row.systemName} in by its key no more?`}
                  text="Tokens that were given live their hour."
                  onYes={() => unbind.mutate(row.id)}
                />
              ) : null,
          },
        ]}
      />
      <Bind opened={opened} onClose={() => setOpened(false)} />
    </Section>
  );
};

const Bind = ({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) => {
  const systems = useRows(systemList());
  const [systemId, setSystemId] = useState('');
  const [given, setGiven] = useState(blankGiven);
  const bind = useAct({
    run: () => bindHost({ ...givenOf(given), systemId }),
    stales: ['workloads'],
    quiet: true,
    done: ({ systemName }) => `${systemName} is bound; there, as root: reeve workloads prove-host ${systemName}`,
    after: onClose,
  });
  const wrong = fieldErrors(bind.error);
  return (
    <FormDialog
      title="Bind a host to a program"
      label="Bind"
      opened={opened}
      act={bind}
      ready={systemId !== '' && given.identityId !== ''}
      onSubmit={() => bind.mutate(undefined)}
      onClose={onClose}
    >
      <Select
        label="Host"
        searchable
        error={wrong['systemId']}
        data={systems.rows.filter(({ kind }) => kind === 'linux').map(({ id, name }) => ({ value: id, label: name }))}
        value={systemId === '' ? null : systemId}
        onChange={(id) => setSystemId(id ?? '')}
      />
      <GivenFields form={given} wrong={wrong} onChange={setGiven} />
    </FormDialog>
  );
};
