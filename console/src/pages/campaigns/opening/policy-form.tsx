import { Button, Checkbox, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { ProblemError } from '../../../api/errors.ts';
import { putReviewPolicy } from '../../../api/reviews.ts';
import type { ReviewPolicy } from '../../../api/shapes/reviews.ts';
import { useAct } from '../../../ui/feedback/act.ts';
import { Problem } from '../../../ui/feedback/states.tsx';
import { TimeAgo } from '../../../ui/show/time-ago.tsx';
import { IdentityName } from '../../identities/identity-name.tsx';
import s from '../campaigns.module.css';
import { ReviewFields } from '../review-settings.tsx';

type Policy = ReviewPolicy['policy'];
type Trigger = 'mover' | 'drift' | 'risk' | 'risk_jump' | 'out_of_band_grant' | 'clock';

const TRIGGERS: readonly (readonly [Trigger, string])[] = [
  ['mover', 'Somebody moved to another department or manager'],
  ['drift', 'Something is held on a system and granted by nobody'],
  ['risk', 'An entitlement or a role became riskier'],
  ['risk_jump', 'Somebody became much riskier'],
  ['out_of_band_grant', 'Something was granted past requests and rules'],
  ['clock', 'A grant came due again'],
];
const RISKS = ['low', 'medium', 'high', 'critical'] as const;
const numberOf = (value: string | number): number | null => (value === '' ? null : Number(value));

/** What is wrong at one place of several that have fields of the same names. */
const wrongAt = (error: unknown, pointer: string): string | undefined =>
  error instanceof ProblemError ? error.problem.errors?.find((e) => e.pointer === pointer)?.detail : undefined;

/** Which events open reviews, who is asked and for how long. Each version that was put in force is kept. */
export const PolicyForm = ({ of, may }: { readonly of: ReviewPolicy; readonly may: boolean }) => {
  const [policy, setPolicy] = useState<Policy>(of.policy);
  const [reason, setReason] = useState('');
  const put = useAct({
    run: () => putReviewPolicy({ policy, reason: reason.trim() }),
    stales: ['reviews'],
    quiet: true,
    done: () => 'In force from now on',
  });
  const change = (trigger: Trigger, to: Partial<Policy[Trigger]>): void =>
    setPolicy({ ...policy, [trigger]: { ...policy[trigger], ...to } });
  return (
    <form
      className={`card stack ${s['opens']}`}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        put.mutate(undefined);
      }}
    >
      <h2>What happens</h2>
      <p className="dim small">
        {of.madeBy === null ? (
          'Nothing opens a review by itself yet.'
        ) : (
          <>
            Version {of.number}, put in force by <IdentityName id={of.madeBy} /> <TimeAgo at={of.madeAt} />:{' '}
            {of.reason ?? ''}
          </>
        )}
      </p>
      {TRIGGERS.map(([trigger, label]) => (
        <fieldset key={trigger} className={s['trigger']} disabled={!may}>
          <Checkbox
            label={label}
            checked={policy[trigger].on}
            onChange={(event) => change(trigger, { on: event.currentTarget.checked })}
          />
          {policy[trigger].on ? (
            <div className="row">
              <NativeSelect
                label="Who is asked"
                value={policy[trigger].reviewer}
                onChange={(event) => change(trigger, { reviewer: event.currentTarget.value as 'manager' | 'owner' })}
                data={[
                  { value: 'manager', label: 'The manager' },
                  { value: 'owner', label: 'The owner of the access' },
                  ...(policy[trigger].reviewer === 'named' ? [{ value: 'named', label: 'A named reviewer' }] : []),
                ]}
              />
              <NumberInput
                label="Days"
                min={1}
                max={366}
                value={policy[trigger].days}
                onChange={(value) => change(trigger, { days: numberOf(value) ?? 14 })}
              />
              <NativeSelect
                label="If nobody answers"
                value={policy[trigger].noResponse}
                onChange={(event) => change(trigger, { noResponse: event.currentTarget.value as 'report' | 'revoke' })}
                data={[
                  { value: 'report', label: 'List it as unanswered' },
                  { value: 'revoke', label: 'End the access' },
                ]}
              />
            </div>
          ) : null}
          {policy[trigger].on ? (
            <details>
              <summary>How it is reviewed</summary>
              <div className="stack" style={{ maxWidth: '30rem', paddingTop: 10 }}>
                <Checkbox
                  label="Group what has not changed since it was last kept"
                  checked={policy[trigger].delta}
                  onChange={(event) => change(trigger, { delta: event.currentTarget.checked })}
                />
                <ReviewFields
                  of={policy[trigger].review}
                  canaries
                  wrong={(setting) => wrongAt(put.error, `/policy/${trigger}/review/${setting}`)}
                  onChange={(review) => change(trigger, { review })}
                />
              </div>
            </details>
          ) : null}
        </fieldset>
      ))}
      <fieldset className={`row ${s['trigger']}`} disabled={!may}>
        {RISKS.map((risk) => (
          <NumberInput
            key={risk}
            label={`Days until ${risk} is due`}
            placeholder="never"
            min={1}
            max={3660}
            value={policy.everyDays[risk] ?? ''}
            onChange={(value) => setPolicy({ ...policy, everyDays: { ...policy.everyDays, [risk]: numberOf(value) } })}
          />
        ))}
        <NumberInput
          label="Collected for minutes"
          description="So that a change to many opens one review"
          min={0}
          max={1440}
          value={policy.collectMinutes}
          onChange={(value) => setPolicy({ ...policy, collectMinutes: numberOf(value) ?? 15 })}
        />
      </fieldset>
      {may ? (
        <>
          <TextInput
            label="Because"
            required
            withAsterisk={false}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Problem error={put.error} />
          <Button type="submit" size="sm" loading={put.isPending}>
            Put in force
          </Button>
        </>
      ) : null}
    </form>
  );
};
