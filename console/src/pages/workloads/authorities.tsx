import { Button, Group, Select, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { useRows } from '../../api/pages.ts';
import {
  addAuthority,
  authorityList,
  bindCertificate,
  certificateRuleList,
  removeAuthority,
  unbindCertificate,
  uploadLists,
  type Authority,
  type CertificateRule,
} from '../../api/workloads.ts';
import { AskButton } from '../../ui/feedback/ask-button.tsx';
import { useAct } from '../../ui/feedback/act.ts';
import { Section } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { IdentityName } from '../identities/identity-name.tsx';
import { FormDialog } from './form-dialog.tsx';
import { blankGiven, GivenFields, givenOf, type May } from './given-fields.tsx';

const kinds = [
  { value: 'uri', label: 'URI, for instance a SPIFFE id' },
  { value: 'dns', label: 'DNS name' },
  { value: 'subject', label: 'Whole subject' },
];
const kindNames: Readonly<Record<CertificateRule['kind'], string>> = { uri: 'URI', dns: 'DNS', subject: 'Subject' };
const isKind = (value: string | null): value is CertificateRule['kind'] =>
  value === 'uri' || value === 'dns' || value === 'subject';

/** Authorities whose certificates are taken, and whose names are who. */
export const Authorities = ({ may }: { readonly may: May }) => {
  const authorities = useRows(authorityList());
  const rules = useRows(certificateRuleList());
  const [adding, setAdding] = useState(false);
  const [binding, setBinding] = useState(false);
  const [listing, setListing] = useState<Authority>();
  const remove = useAct({
    run: removeAuthority,
    stales: ['workloads'],
    done: ({ name }) => `${name} is trusted no more`,
  });
  const unbind = useAct({ run: unbindCertificate, stales: ['workloads'], done: () => 'Unbound' });
  const nameOf = (id: string): string => authorities.rows.find((row) => row.id === id)?.name ?? '';
  return (
    <Section
      title="Certificates"
      aside={
        <Group gap="xs">
          {may.trust ? (
            <Button size="compact-sm" variant="default" onClick={() => setAdding(true)}>
              Trust an authority
            </Button>
          ) : null}
          {may.bind && authorities.rows.length > 0 ? (
            <Button size="compact-sm" variant="default" onClick={() => setBinding(true)}>
              Bind a name
            </Button>
          ) : null}
        </Group>
      }
    >
      <PlainTable
        label="Authorities"
        rows={authorities.rows}
        rowId={({ id }) => id}
        empty="No authority's certificates are taken."
        columns={[
          { id: 'name', header: 'Authority', title: true, cell: (row) => row.name },
          { id: 'subject', header: 'Subject', cell: (row) => row.subject },
          { id: 'end', header: 'Over', cell: (row) => <TimeAgo at={row.notAfter} /> },
          {
            id: 'lists',
            header: 'Revocation lists',
            cell: (row) =>
              row.listsChangedAt === null ? (
                'none: nothing is known to be revoked'
              ) : (
                <TimeAgo at={row.listsChangedAt} />
              ),
          },
          {
            id: 'act',
            header: 'Actions',
            cell: (row) =>
              may.trust ? (
                <Group gap="xs">
                  <Button
                    variant="subtle"
                    size="compact-xs"
                    aria-label={`Upload lists of ${row.name}`}
                    onClick={() => setListing(row)}
                  >
                    Upload lists
                  </Button>
                  <AskButton
                    label="Distrust"
                    of={`authority ${row.name}`}
                    title={`Take no certificates of ${row.name} any more?`}
                    text="Its names are bound no more either. Tokens that were given live their hour."
                    onYes={() => remove.mutate(row.id)}
                  />
                </Group>
              ) : null,
          },
        ]}
      />
      <PlainTable
        label="Names of certificates"
        rows={rules.rows}
        rowId={({ id }) => id}
        empty="Nobody is bound to a name."
        columns={[
          { id: 'who', header: 'Program', title: true, cell: (row) => <IdentityName id={row.identityId} /> },
          { id: 'of', header: 'Authority', cell: (row) => nameOf(row.authorityId) },
          { id: 'kind', header: 'Kind', cell: (row) => kindNames[row.kind] },
          { id: 'name', header: 'Name', cell: (row) => <span className="mono">{row.value}</span> },
          { id: 'scopes', header: 'Scopes', cell: (row) => row.scopes.join(', ') },
          {
            id: 'act',
            header: 'Actions',
            cell: (row) =>
              may.bind ? (
                <AskButton
                  label="Unbind"
                  of={row.value}
                  title="Let this program in no more?"
                  text="Tokens that were given live their hour."
                  onYes={() => unbind.mutate(row.id)}
                />
              ) : null,
          },
        ]}
      />
      <Trust opened={adding} onClose={() => setAdding(false)} />
      <Bind opened={binding} authorities={authorities.rows} onClose={() => setBinding(false)} />
      <Lists of={listing} onClose={() => setListing(undefined)} />
    </Section>
  );
};

const Trust = ({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) => {
  const [form, setForm] = useState({ name: '', certificate: '' });
  const add = useAct({
    run: () => addAuthority(form),
    stales: ['workloads'],
    quiet: true,
    done: ({ name }) => `Certificates of ${name} are taken; nobody is let in before a name is bound`,
    after: onClose,
  });
  const wrong = fieldErrors(add.error);
  return (
    <FormDialog
      title="Trust an authority"
      label="Trust"
      opened={opened}
      act={add}
      ready={form.name.trim() !== '' && form.certificate.trim() !== ''}
      onSubmit={() => add.mutate(undefined)}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        error={wrong['name']}
        value={form.name}
        onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
      />
      <Textarea
        label="Its root certificate"
        description="As PEM"
        rows={6}
        error={wrong['certificate']}
        value={form.certificate}
        onChange={(event) => setForm({ ...form, certificate: event.currentTarget.value })}
      />
    </FormDialog>
  );
};

const Lists = ({ of, onClose }: { readonly of: Authority | undefined; readonly onClose: () => void }) => {
  const [lists, setLists] = useState('');
  const upload = useAct({
    run: () => uploadLists(of?.id ?? '', lists),
    stales: ['workloads'],
    quiet: true,
    done: ({ name }) => `Revocation lists of ${name} are kept`,
    after: () => {
      setLists('');
      onClose();
    },
  });
  return (
    <FormDialog
      title={`Revocation lists of ${of?.name ?? ''}`}
      label="Upload"
      opened={of !== undefined}
      act={upload}
      ready={lists.trim() !== ''}
      onSubmit={() => upload.mutate(undefined)}
      onClose={onClose}
    >
      <p className="dim">
        Its list and those of authorities below it. From then on a certificate counts only while a current list of its
        issuer is there: upload the next ones in time.
      </p>
      <Textarea
        label="Lists"
        description="X509 CRLs, as PEM"
        rows={6}
        error={fieldErrors(upload.error)['lists']}
        value={lists}
        onChange={(event) => setLists(event.currentTarget.value)}
      />
    </FormDialog>
  );
};

const Bind = ({
  opened,
  authorities,
  onClose,
}: {
  readonly opened: boolean;
  readonly authorities: readonly Authority[];
  readonly onClose: () => void;
}) => {
  const [form, setForm] = useState({ authorityId: '', kind: 'uri' as CertificateRule['kind'], value: '' });
  const [given, setGiven] = useState(blankGiven);
  const bind = useAct({
    run: () => bindCertificate({ ...givenOf(given), ...form, value: form.value.trim() }),
    stales: ['workloads'],
    quiet: true,
    done: ({ value }) => `${value} is bound`,
    after: onClose,
  });
  const wrong = fieldErrors(bind.error);
  return (
    <FormDialog
      title="Bind a name to a program"
      label="Bind"
      opened={opened}
      act={bind}
      ready={form.authorityId !== '' && form.value.trim() !== '' && given.identityId !== ''}
      onSubmit={() => bind.mutate(undefined)}
      onClose={onClose}
    >
      <Select
        label="Authority"
        error={wrong['authorityId']}
        data={authorities.map(({ id, name }) => ({ value: id, label: name }))}
        value={form.authorityId === '' ? null : form.authorityId}
        onChange={(authorityId) => setForm({ ...form, authorityId: authorityId ?? '' })}
      />
      <Select
        label="Kind of name"
        allowDeselect={false}
        data={kinds}
        value={form.kind}
        onChange={(kind) => setForm({ ...form, kind: isKind(kind) ? kind : 'uri' })}
      />
      <TextInput
        label="Name"
        description="Exactly as in the certificate"
        placeholder={
          { uri: 'spiffe://example.org/shop', dns: 'shop.example', subject: 'O=Example, CN=shop' }[form.kind]
        }
        error={wrong['value']}
        value={form.value}
        onChange={(event) => setForm({ ...form, value: event.currentTarget.value })}
      />
      <GivenFields form={given} wrong={wrong} onChange={setGiven} />
    </FormDialog>
  );
};
