import { ActionIcon, Button, TextInput, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { entitlementQuery, grantList } from '../../api/people.ts';
import { previewQuery, submitRequest } from '../../api/requests.ts';
import type { LineVerdict, RequestPreview } from '../../api/shapes/requests.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { Icon } from '../../ui/show/icon.tsx';
import { Catalogue } from './catalogue.tsx';
import { linesOf, useDraft, type DraftLine } from './draft.ts';
import { DurationSelect, durationsUpTo } from './duration-select.tsx';
import { stepName, verdictTone, verdictWords } from './request-words.ts';
import { SodHits } from './sod-hits.tsx';
import { offerOf, type Offer } from './use-offers.ts';
import s from './requests.module.css';

const route = getRouteApi('/shell/request');

const lineOf = ({ kind, id, name, systemName, maxSeconds }: Offer): DraftLine => {
  const durations = durationsUpTo(maxSeconds);
  return { kind, id, name, systemName, maxSeconds, seconds: durations[Math.min(2, durations.length - 1)] ?? null };
};

interface LineProps {
  readonly line: DraftLine;
  readonly verdict: LineVerdict | undefined;
  readonly onChange: (seconds: number | null) => void;
  readonly onDrop: () => void;
}
const Line = ({ line, verdict, onChange, onDrop }: LineProps) => (
  <li>
    <div className={s['lineHead']}>
      <div>
        <strong>{line.name}</strong>
        <div className="dim small">
          {line.systemName}
          {line.extendsGrantId === undefined ? '' : ' · follows what you have now'}
        </div>
      </div>
      <ActionIcon variant="subtle" color="gray" aria-label={`Drop ${line.name}`} onClick={onDrop}>
        <Icon name="close" size={14} />
      </ActionIcon>
    </div>
    <DurationSelect
      label={`How long for ${line.name}`}
      value={line.seconds}
      maxSeconds={verdict?.longestSeconds ?? line.maxSeconds}
      onChange={onChange}
    />
    <div aria-live="polite">
      {verdict === undefined ? (
        <span className="dim small">Checking…</span>
      ) : (
        <>
          <StateBadge tone={verdictTone[verdict.verdict]}>{verdictWords[verdict.verdict]}</StateBadge>
          {verdict.because === '' ? null : <div className="dim small">{verdict.because}</div>}
        </>
      )}
    </div>
    {verdict === undefined ? null : <SodHits hits={verdict.sod} />}
  </li>
);

/** Who would be asked, in order. */
const Deciders = ({ preview }: { readonly preview: RequestPreview }) => (
  <div aria-live="polite">
    {preview.steps.length === 0 ? null : (
      <>
        <div className="dim small">Who decides</div>
        <ol className={s['steps']}>
          {preview.steps.map((step) => (
            <li key={step.n}>
              {stepName(step)}: {step.approvers.map(({ name }) => name).join(' or ')}{' '}
              <span className="dim">({step.because})</span>
            </li>
          ))}
        </ol>
      </>
    )}
    {preview.stuck === null ? null : <p role="alert">{preview.stuck}</p>}
  </div>
);

/** Asking for access: find it, see the verdict for each line before anything is sent, say why. The draft keeps itself. */
export const RequestPage = () => {
  const me = useMe();
  const navigate = useNavigate();
  const { for: wanted, extends: grantId, system = '' } = route.useSearch();
  const [draft, change, clear] = useDraft(me.id);
  const grants = useRows(grantList(me.id, true));
  const held = new Set(grants.rows.map(({ entitlementId, roleId }) => entitlementId ?? roleId ?? ''));
  const lines = useMemo(() => linesOf(draft), [draft]);
  const preview = useQuery(previewQuery(lines));
  const submit = useAct({
    run: () =>
      submitRequest({
        lines,
        reason: draft.reason.trim(),
        ...(draft.ticket.trim() === '' ? {} : { ticket: draft.ticket.trim() }),
      }),
    stales: ['requests'],
    quiet: true,
    done: ({ request }) => `Sent as ${request.number}. You will hear when it is decided.`,
    after: ({ request }) => {
      clear();
      void navigate({ to: '/requests/$id', params: { id: request.id } });
    },
  });
  const add = (line: DraftLine): void => change({ lines: [...draft.lines.filter(({ id }) => id !== line.id), line] });
  const { data: offered } = useQuery({ ...entitlementQuery(wanted ?? ''), enabled: wanted !== undefined });
  useEffect(() => {
    if (offered !== undefined)
      add({ ...lineOf(offerOf(offered)), ...(grantId === undefined ? {} : { extendsGrantId: grantId }) });
    // Only once, when the entitlement named in the address is known; dropping it again must stick.
  }, [offered?.id]);
  const wrong = fieldErrors(submit.error);
  const ready = draft.lines.length > 0 && draft.reason.trim() !== '' && preview.data?.submittable === true;
  return (
    <Page
      title="Request access"
      lead="You see who decides, and whether it conflicts with what you have, before anything is sent."
    >
      <div className={s['two']}>
        <Catalogue
          held={held}
          about={system}
          chosen={new Set(draft.lines.map(({ id }) => id))}
          onAdd={(offer) => add(lineOf(offer))}
        />
        <form
          className={`card ${s['cart'] ?? ''}`}
          aria-label="Your request"
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            if (ready) submit.mutate(undefined);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.metaKey || event.ctrlKey) && ready) submit.mutate(undefined);
          }}
        >
          <h2>Your request</h2>
          {draft.lines.length === 0 ? (
            <p className="dim small">Add what you need from the list.</p>
          ) : (
            <ul className={s['lines']}>
              {draft.lines.map((line, i) => (
                <Line
                  key={line.id}
                  line={line}
                  // Verdicts answer the lines in their order.
                  verdict={preview.data?.lines[i]}
                  onChange={(seconds) =>
                    change({ lines: draft.lines.map((each) => (each === line ? { ...each, seconds } : each)) })
                  }
                  onDrop={() => change({ lines: draft.lines.filter((each) => each !== line) })}
                />
              ))}
            </ul>
          )}
          {preview.data === undefined ? null : <Deciders preview={preview.data} />}
          <Problem error={preview.error} />
          <Textarea
            label="Why do you need it?"
            description="Approvers and auditors read this."
            autosize
            minRows={2}
            required
            withAsterisk={false}
            error={wrong['reason']}
            value={draft.reason}
            onChange={(event) => change({ reason: event.currentTarget.value })}
          />
          <TextInput
            label="Ticket"
            description="Optional"
            error={wrong['ticket']}
            value={draft.ticket}
            onChange={(event) => change({ ticket: event.currentTarget.value })}
          />
          <Problem error={submit.error} />
          <Button type="submit" size="sm" disabled={!ready} loading={submit.isPending}>
            Send request
          </Button>
          <span className="dim small">Your draft is kept in this browser.</span>
        </form>
      </div>
    </Page>
  );
};
