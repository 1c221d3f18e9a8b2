import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { fetchLogKey, fetchProof } from '../../api/audit.ts';
import { verifyProof } from '../../api/proof.ts';
import type { AuditEvent } from '../../api/shapes/platform.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import s from './audit.module.css';

/** The log's public key as this browser first saw it. */
const knownKey = 'reeve.log-key';

/** Checks in this browser that the event is in the signed log, and shows each step of it. */
export const ProofCheck = ({ event }: { readonly event: AuditEvent }) => {
  const check = useMutation({
    mutationFn: async () => {
      if (globalThis.crypto?.subtle === undefined)
        throw new Error(
          'this page was loaded over plain http, where browsers offer no cryptography; open it over https or on localhost',
        );
      const [proof, { publicKey }] = await Promise.all([fetchProof(event.id), fetchLogKey()]);
      const result = await verifyProof(event, proof, publicKey, localStorage.getItem(knownKey) ?? undefined);
      if (result.ok) localStorage.setItem(knownKey, publicKey);
      return result;
    },
  });
  const result = check.data;
  return (
    <section className={s['proof']}>
      <div className="spread">
        <h3>Proof</h3>
        <Button
          variant="default"
          loading={check.isPending}
          disabled={event.seq === null}
          onClick={() => check.mutate()}
        >
          {result === undefined ? 'Check in this browser' : 'Check again'}
        </Button>
      </div>
      {event.seq === null ? (
        <p className="dim small">Not numbered yet; that takes a moment after the change is committed.</p>
      ) : null}
      <Problem error={check.error} />
      <div role="status">
        {result === undefined ? null : (
          <StateBadge tone={result.ok ? 'good' : 'bad'}>
            {result.ok ? 'proved: this entry is in the signed log' : 'not proved: do not rely on this entry'}
          </StateBadge>
        )}
      </div>
      {result === undefined ? null : (
        <ol className={s['steps']}>
          {result.steps.map((step, i) => (
            <li key={i} data-bad={step.ok ? undefined : ''}>
              <strong>{step.title}</strong>
              <span className="dim"> {step.detail}</span>
              {step.ok ? null : <strong> ✗ fails here</strong>}
              {step.hash === undefined ? null : <code>{step.hash}</code>}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
};
