import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { applyEdits, previewEdits, type Edits, type EditsPreview } from '../../api/catalogue.ts';
import { fieldErrors } from '../../api/errors.ts';
import { useAct } from '../../ui/feedback/act.ts';

const words = (text: string): string[] => text.split(/[\s,;]+/).filter((word) => word !== '');
const given = <T,>(key: string, value: T | undefined): Record<string, T> =>
  value === undefined ? {} : { [key]: value };
const asked = (list: string[]): string[] | undefined => (list.length === 0 ? undefined : list);
const shown = (value: unknown): string =>
  value === null || (Array.isArray(value) && value.length === 0)
    ? 'nothing'
    : Array.isArray(value)
      ? value.join(', ')
      : String(value as string);

/** Changes several entries at once: what would become of each is shown before, and it is all or none. */
export const EditDialog = ({
  ids,
  title,
  onClose,
}: {
  readonly ids: readonly string[];
  readonly title: string;
  readonly onClose: () => void;
}) => {
  const [risk, setRisk] = useState<string | null>(null);
  const [dataClass, setDataClass] = useState<string | null>(null);
  const [requestable, setRequestable] = useState<string | null>(null);
  const [licence, setLicence] = useState('');
  const [cost, setCost] = useState('');
  const [currency, setCurrency] = useState('');
  const [addTags, setAddTags] = useState('');
  const [removeTags, setRemoveTags] = useState('');
  const [owner, setOwner] = useState('');
  const [preview, setPreview] = useState<EditsPreview>();
  const body = (): Edits => ({
    ids: [...ids],
    change: {
      ...given('risk', risk ?? undefined),
      ...given('dataClass', dataClass ?? undefined),
      ...given('requestable', requestable === null ? undefined : requestable === 'yes'),
      ...given('licence', licence.trim() === '' ? undefined : licence.trim()),
      ...given('licenceCost', cost.trim() === '' ? undefined : Number(cost)),
      ...given('licenceCurrency', currency.trim() === '' ? undefined : currency.trim().toUpperCase()),
      ...given('addTags', asked(words(addTags))),
      ...given('removeTags', asked(words(removeTags))),
      ...given('owner', owner.trim() === '' ? undefined : owner.trim()),
    } as Edits['change'],
  });
  const look = useAct({ run: () => previewEdits(body()), stales: [], after: setPreview, quiet: true });
  const apply = useAct({
    run: () => applyEdits(body()),
    stales: ['catalogue', 'entitlements', 'changes'],
    done: ({ changed, heldAs }) =>
      heldAs === null ? `${String(changed)} changed` : 'Over a limit: it waits under Changes until somebody accepts it',
    after: onClose,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    look.mutate(undefined);
  };
  const errors = fieldErrors(look.error);
  return (
    <Modal opened onClose={onClose} title={title} size="lg" closeButtonProps={{ 'aria-label': 'Cancel' }}>
      <form onSubmit={submit} onChange={() => setPreview(undefined)}>
        <Stack gap="sm">
          <Text size="sm">What is left empty stays as it is.</Text>
          <Group grow>
            <Select
              label="Risk"
              clearable
              data={['low', 'medium', 'high', 'critical']}
              value={risk}
              onChange={(v) => (setRisk(v), setPreview(undefined))}
            />
            <Select
              label="Data class"
              clearable
              data={['public', 'internal', 'confidential', 'restricted']}
              value={dataClass}
              onChange={(v) => (setDataClass(v), setPreview(undefined))}
            />
            <Select
              label="Requestable"
              clearable
              data={['yes', 'no']}
              value={requestable}
              onChange={(v) => (setRequestable(v), setPreview(undefined))}
            />
          </Group>
          <TextInput
            label="Owner"
            description="User name or id"
            value={owner}
            error={errors['owner']}
            onChange={(e) => setOwner(e.currentTarget.value)}
          />
          <Group grow>
            <TextInput
              label="Needs a licence of"
              description="The product"
              value={licence}
              onChange={(e) => setLicence(e.currentTarget.value)}
            />
            <TextInput
              label="Cost a month"
              description="Of one licence"
              inputMode="decimal"
              value={cost}
              error={errors['change/licenceCost']}
              onChange={(e) => setCost(e.currentTarget.value)}
            />
            <TextInput
              label="Currency"
              description="For instance EUR"
              value={currency}
              error={errors['change/licenceCurrency']}
              onChange={(e) => setCurrency(e.currentTarget.value)}
            />
          </Group>
          <Group grow>
            <TextInput label="Add tags" value={addTags} onChange={(e) => setAddTags(e.currentTarget.value)} />
            <TextInput
              label="Take tags away"
              value={removeTags}
              onChange={(e) => setRemoveTags(e.currentTarget.value)}
            />
          </Group>
          {look.error === null ? null : (
            <Text size="sm" c="red">
              {look.error.message}
            </Text>
          )}
          {preview === undefined ? null : (
            <section aria-label="What would change">
              <Text size="sm" fw={600}>
                {`${String(preview.changed)} of ${String(preview.asked)} would change`}
                {preview.refused === 0
                  ? ''
                  : `, ${String(preview.refused)} cannot: nothing is changed until they are left out`}
              </Text>
              {preview.over.map((over) => (
                <Text key={over} size="sm">{`Waits for another person: ${over}`}</Text>
              ))}
              <ul className="small">
                {preview.items.slice(0, 12).map((item) => (
                  <li key={item.id}>
                    <strong>{item.name}</strong>{' '}
                    {item.refused ??
                      item.changes.map((c) => `${c.field}: ${shown(c.from)} → ${shown(c.to)}`).join('; ')}
                  </li>
                ))}
              </ul>
            </section>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            {preview === undefined || preview.refused > 0 || preview.changed === 0 ? (
              <Button type="submit" loading={look.isPending}>
                Show what changes
              </Button>
            ) : (
              <Button loading={apply.isPending} onClick={() => apply.mutate(undefined)}>
                {`Change ${String(preview.changed)}`}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
