import { Checkbox, PasswordInput, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import type { EndpointImport } from '../../api/imports.ts';
import { PlainForm } from '../../ui/plain-form.tsx';

const blank = { url: '', token: '', mount: 'secret', path: '', below: '', authority: '' };

/** A KV endpoint to be read. Its token is sent with each part and kept nowhere. */
export const EndpointForm = ({
  act,
  onShow,
}: {
  readonly act: { readonly error: Error | null; readonly isPending: boolean };
  readonly onShow: (said: EndpointImport) => void;
}) => {
  const [form, setForm] = useState(blank);
  const [versions, setVersions] = useState(false);
  const wrong = fieldErrors(act.error);
  const field = (name: keyof typeof blank) => ({
    value: form[name],
    error: wrong[name],
    onChange: (event: { currentTarget: { value: string } }) => setForm({ ...form, [name]: event.currentTarget.value }),
  });
  return (
    <PlainForm
      act={act}
      label="Show what would come of it"
      onSubmit={() =>
        onShow({
          url: form.url.trim(),
          token: form.token.trim(),
          mount: form.mount.trim(),
          below: form.below.trim(),
          versions,
          dryRun: true,
          ...(form.path.trim() === '' ? {} : { path: form.path.trim() }),
          ...(form.authority.trim() === '' ? {} : { authority: form.authority }),
        })
      }
    >
      <TextInput
        label="Address"
        placeholder="https://vault.example:8200"
        required
        withAsterisk={false}
        {...field('url')}
      />
      <PasswordInput
        label="Token"
        description="It may list metadata and read data there; Reeve keeps it nowhere"
        autoComplete="off"
        required
        withAsterisk={false}
        {...field('token')}
      />
      <TextInput label="Mount of its KV engine, version 2" required withAsterisk={false} {...field('mount')} />
      <TextInput label="Only what lies below" description="Empty: everything" {...field('path')} />
      <TextInput
        label="Path they come to lie below"
        placeholder="team/app"
        required
        withAsterisk={false}
        {...field('below')}
      />
      <Checkbox
        label="Also the versions before the current one, ten at most"
        checked={versions}
        onChange={(event) => setVersions(event.currentTarget.checked)}
      />
      <Textarea
        label="Authority of its certificate"
        description="As PEM, where it is not one this machine trusts"
        rows={3}
        {...field('authority')}
      />
    </PlainForm>
  );
};
