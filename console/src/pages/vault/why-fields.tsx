import { Textarea, TextInput } from '@mantine/core';
import type { SecretDetail } from '../../api/shapes/vault.ts';

/** Why somebody wants a secret. */
export interface Why {
  readonly reason: string;
  readonly ticket: string;
}
export const noWhy: Why = { reason: '', ticket: '' };

/** What was said, as the call takes it: what is empty is left out. */
export const whySaid = ({ reason, ticket }: Why): { reason?: string; ticket?: string } => ({
  ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
  ...(ticket.trim() === '' ? {} : { ticket: ticket.trim() }),
});

/** Whether the terms are content with what was said. */
export const saysEnough = ({ terms }: SecretDetail, why: Why): boolean =>
  (!terms.reasonRequired || why.reason.trim() !== '') && (!terms.ticketRequired || why.ticket.trim() !== '');

interface WhyFieldsProps {
  readonly secret: SecretDetail;
  readonly value: Why;
  readonly onChange: (why: Why) => void;
  readonly errors: Readonly<Record<string, string | undefined>>;
}

/** Reason and ticket, each marked where the terms do not ask for it. */
export const WhyFields = ({ secret: { terms }, value, onChange, errors }: WhyFieldsProps) => (
  <>
    <Textarea
      label={terms.reasonRequired ? 'Reason' : 'Reason (optional)'}
      required={terms.reasonRequired}
      withAsterisk={false}
      autosize
      minRows={2}
      data-autofocus
      error={errors['reason']}
      value={value.reason}
      onChange={(event) => onChange({ ...value, reason: event.currentTarget.value })}
    />
    <TextInput
      label={terms.ticketRequired ? 'Ticket' : 'Ticket (optional)'}
      required={terms.ticketRequired}
      withAsterisk={false}
      error={errors['ticket']}
      value={value.ticket}
      onChange={(event) => onChange({ ...value, ticket: event.currentTarget.value })}
    />
  </>
);
