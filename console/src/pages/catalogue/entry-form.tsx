import { Button, Checkbox, Group, NativeSelect, Stack, TextInput, Textarea } from '@mantine/core';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import type { EntryDetail } from '../../api/catalogue.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Keys } from '../../ui/keyboard/keys-shown.tsx';
import { changesBetween, draftOf, errorsOf, isNothing, saidOf, type Draft, type FieldErrors } from './entry-draft.ts';
import { FindEntitlement, FindPerson } from './find-field.tsx';
import { LicenceFields } from './licence-fields.tsx';
import type { useEntryEdit } from './use-entry-edit.ts';

interface EntryFormProps {
  readonly entry: EntryDetail;
  readonly save: ReturnType<typeof useEntryEdit>['save'];
  readonly close: () => void;
}

/** What people say of an entry, to be changed where it stands. Compared with how it was when the form was opened. */
export const EntryForm = ({ entry, save, close }: EntryFormProps) => {
  const [opened] = useState(() => draftOf(entry));
  const [draft, setDraft] = useState(opened);
  const [unread, setUnread] = useState<FieldErrors>({});
  const first = useRef<HTMLTextAreaElement>(null);
  useEffect(() => first.current?.focus(), []);
  const from = saidOf(opened).said;
  const nothing = isNothing(changesBetween(from, saidOf(draft).said)) && draft.longest === opened.longest;
  const refused = errorsOf(save.error);
  const errors = { ...refused, ...unread };
  const set = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const { said, errors: found } = saidOf(draft);
    setUnread(found);
    if (Object.keys(found).length > 0 || save.isPending) return;
    if (isNothing(changesBetween(from, said))) close();
    else save.mutate({ from, to: said });
  };
  const text = (field: 'regulated' | 'tags' | 'aliases' | 'longest', at: string = field) => ({
    value: draft[field],
    error: errors[at],
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      set({ [field]: event.currentTarget.value }),
  });
  return (
    <form
      aria-label={`Edit ${entry.name}`}
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
        // What was typed is not thrown away by one key.
        else if (event.key === 'Escape' && nothing && !save.isPending) close();
      }}
    >
      <Stack gap="sm" maw={720}>
        <Textarea
          label="What it is for"
          description={entry.suggestion === null ? undefined : `Suggested: ${entry.suggestion}`}
          autosize
          minRows={2}
          maxRows={8}
          ref={first}
          value={draft.description}
          error={errors['description']}
          onChange={(event) => set({ description: event.currentTarget.value })}
        />
        <FindPerson
          label="Owner"
          error={errors['ownerId']}
          chosen={draft.owner === null ? [] : [draft.owner]}
          onAdd={({ id, name }) => set({ owner: { id, name } })}
          onDrop={() => set({ owner: null })}
        />
        <Group grow align="start">
          <NativeSelect
            label="Risk"
            data={['low', 'medium', 'high', 'critical']}
            value={draft.risk}
            error={errors['risk']}
            onChange={(event) => set({ risk: event.currentTarget.value as Draft['risk'] })}
          />
          <NativeSelect
            label="Data class"
            data={[{ value: '', label: 'nobody has said' }, 'public', 'internal', 'confidential', 'restricted']}
            value={draft.dataClass}
            error={errors['dataClass']}
            onChange={(event) => set({ dataClass: event.currentTarget.value as Draft['dataClass'] })}
          />
        </Group>
        <Group grow align="start">
          <TextInput label="Tags" description="With commas between" {...text('tags')} />
          <TextInput label="Regulated by" description="With commas between" {...text('regulated')} />
        </Group>
        <TextInput label="Other names" description="With semicolons between" {...text('aliases')} />
        <Checkbox
          label="Requestable"
          description="Needs an owner and a description"
          checked={draft.requestable}
          error={errors['requestable']}
          onChange={(event) => set({ requestable: event.currentTarget.checked })}
        />
        <TextInput
          label="Longest duration"
          description="For instance 30 min, 8 h or 90 d; empty: as long as policies allow"
          {...text('longest', 'maxSeconds')}
        />
        <FindEntitlement
          label="Access needed before"
          error={errors['needs']}
          chosen={draft.needs}
          onAdd={({ id, name, note }) => set({ needs: [...draft.needs, { id, name: `${note}: ${name}` }] })}
          onDrop={(id) => set({ needs: draft.needs.filter((one) => one.id !== id) })}
        />
        <Textarea
          label="Facts needed before"
          description="One a line: an attribute of the person, and after a colon what it must say"
          autosize
          minRows={1}
          maxRows={8}
          value={draft.facts}
          error={errors['facts']}
          onChange={(event) => set({ facts: event.currentTarget.value })}
        />
        <LicenceFields draft={draft} errors={errors} set={set} />
        {Object.keys(refused).length === 0 ? <Problem error={save.error} /> : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close} disabled={save.isPending}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending} rightSection={<Keys of="mod+enter" />}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
