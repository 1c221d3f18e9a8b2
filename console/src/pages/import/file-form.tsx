import { FileInput, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import type { FileImport } from '../../api/imports.ts';
import { PlainForm } from '../../ui/plain-form.tsx';

const accept = { csv: '.csv,text/csv', keepass: '.kdbx', kv: '.json,application/json' } as const;
const blank = { below: '', password: '', name: '', value: '', username: '', labels: '' };

const base64Of = async (file: File): Promise<string> => {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  // In pieces: as arguments of one call a whole file would be too many.
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
};

/** A file to be imported, and what its format wants said. */
export const FileForm = ({
  format,
  act,
  onShow,
}: {
  readonly format: FileImport['format'];
  readonly act: { readonly error: Error | null; readonly isPending: boolean };
  readonly onShow: (said: FileImport) => void;
}) => {
  const [file, setFile] = useState<File | null>(null);
  const [form, setForm] = useState(blank);
  const wrong = fieldErrors(act.error);
  const field = (name: keyof typeof blank) => ({
    value: form[name],
    onChange: (event: { currentTarget: { value: string } }) => setForm({ ...form, [name]: event.currentTarget.value }),
  });
  const columns = {
    name: form.name.trim(),
    value: form.value.trim(),
    ...(form.username.trim() === '' ? {} : { username: form.username.trim() }),
    ...(form.labels.trim() === '' ? {} : { labels: form.labels.split(',').map((label) => label.trim()) }),
  };
  const show = async (chosen: File): Promise<void> =>
    onShow({
      format,
      below: form.below.trim(),
      content: await base64Of(chosen),
      kind: 'password',
      dryRun: true,
      ...(format === 'keepass' ? { password: form.password } : {}),
      ...(format === 'csv' ? { columns } : {}),
    });
  return (
    <PlainForm
      act={act}
      label="Show what would come of it"
      onSubmit={() => (file === null ? undefined : void show(file))}
    >
      <FileInput
        label="File"
        description="8 MiB at most"
        required
        withAsterisk={false}
        accept={accept[format]}
        error={wrong['content']}
        value={file}
        onChange={setFile}
      />
      <TextInput
        label="Path they come to lie below"
        placeholder="team/app"
        required
        withAsterisk={false}
        error={wrong['below']}
        {...field('below')}
      />
      {format === 'keepass' ? (
        <PasswordInput label="Its password" autoComplete="off" required withAsterisk={false} {...field('password')} />
      ) : null}
      {format === 'csv' ? (
        <>
          <TextInput
            label="Column of names"
            required
            withAsterisk={false}
            error={wrong['columns/name']}
            {...field('name')}
          />
          <TextInput
            label="Column of values"
            required
            withAsterisk={false}
            error={wrong['columns/value']}
            {...field('value')}
          />
          <TextInput label="Column of user names" {...field('username')} />
          <TextInput label="Columns that become labels" description="With commas between them" {...field('labels')} />
        </>
      ) : null}
    </PlainForm>
  );
};
