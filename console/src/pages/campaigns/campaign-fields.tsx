import { Checkbox, NativeSelect, TextInput } from '@mantine/core';
import type { CampaignDraft } from '../../api/campaigns.ts';
import { useRows } from '../../api/pages.ts';
import { systemList } from '../../api/systems.ts';
import { kinds, withoutCanaries } from './campaign-words.ts';
import { ReviewFields, usualReview, type Settings } from './review-settings.tsx';

/** What is said of a certification however it is launched. */
export interface CampaignForm {
  readonly name: string;
  readonly kind: NonNullable<CampaignDraft['kind']>;
  readonly systemId: string;
  readonly reviewer: '' | 'manager' | 'owner';
  readonly delta: boolean;
  readonly noResponse: 'report' | 'revoke';
  readonly review: Settings;
}

export const usualCampaign: CampaignForm = {
  name: '',
  kind: 'privileged',
  systemId: '',
  reviewer: '',
  delta: false,
  noResponse: 'report',
  review: usualReview,
};

/** The part of a body that says it, without the scope. */
export const campaignBody = ({ name, kind, reviewer, delta, noResponse, review }: CampaignForm) => ({
  name: name.trim(),
  kind,
  ...(reviewer === '' ? {} : { reviewerRule: reviewer }),
  delta,
  noResponse,
  review: withoutCanaries.has(kind) ? { ...review, canaries: 0 } : review,
});

interface FieldsProps {
  readonly of: CampaignForm;
  readonly wrong: Readonly<Record<string, string>>;
  readonly onChange: (change: Partial<CampaignForm>) => void;
}

/** Its name, and what it looks at. */
export const WhatFields = ({
  of,
  wrong,
  placeholder,
  onChange,
}: FieldsProps & { readonly placeholder?: string | undefined }) => {
  const systems = useRows(systemList());
  return (
    <>
      <TextInput
        label="Name"
        required
        withAsterisk={false}
        error={wrong['name']}
        placeholder={placeholder}
        value={of.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <NativeSelect
        label="What to look at"
        value={of.kind}
        onChange={(event) => onChange({ kind: event.currentTarget.value as CampaignForm['kind'] })}
        data={Object.entries(kinds).map(([value, label]) => ({ value, label }))}
      />
      <NativeSelect
        label="Systems"
        required={of.kind === 'system'}
        withAsterisk={false}
        error={wrong['systemId'] ?? wrong['scope.systemId'] ?? wrong['scope/systemId']}
        value={of.systemId}
        onChange={(event) => onChange({ systemId: event.currentTarget.value })}
        data={[
          { value: '', label: of.kind === 'system' ? 'Choose one' : 'All systems' },
          ...systems.rows.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
    </>
  );
};

/** Who decides, how carefully, and what comes of silence. */
export const HowFields = ({ of, wrong, onChange }: FieldsProps) => (
  <>
    <NativeSelect
      label="Who decides"
      value={of.reviewer}
      onChange={(event) => onChange({ reviewer: event.currentTarget.value as CampaignForm['reviewer'] })}
      data={[
        { value: '', label: 'As is usual for it' },
        { value: 'manager', label: 'The manager of each person' },
        { value: 'owner', label: 'The owner of each access' },
      ]}
    />
    <ReviewFields
      of={of.review}
      canaries={!withoutCanaries.has(of.kind)}
      wrong={(setting) => wrong[setting]}
      onChange={(review) => onChange({ review })}
    />
    <Checkbox
      label="Group what has not changed since it was last kept"
      checked={of.delta}
      onChange={(event) => onChange({ delta: event.currentTarget.checked })}
    />
    <NativeSelect
      label="If nobody answers in time"
      description="Silence is never an approval."
      value={of.noResponse}
      onChange={(event) => onChange({ noResponse: event.currentTarget.value as CampaignForm['noResponse'] })}
      data={[
        { value: 'report', label: 'List it as unanswered; the access stays' },
        { value: 'revoke', label: 'End the access' },
      ]}
    />
  </>
);
