import { invalid } from '#kit/errors/index.ts';

/** How tickets are named in this house, and where they are. */
export interface TicketTerms {
  /** What the name of a ticket must be, as a whole; null: anything. */
  readonly pattern: string | null;
  /** Address of a ticket, with `{ticket}` in the place of its name; null: it is no link. */
  readonly url: string | null;
}

/** Reads what is configured. Throws on a pattern that is none. */
export const ticketTerms = (configured: {
  readonly ticketPattern?: string | undefined;
  readonly ticketUrl?: string | undefined;
}): TicketTerms => {
  if (configured.ticketPattern !== undefined) whole(configured.ticketPattern);
  const { ticketPattern: pattern, ticketUrl: url } = configured;
  return {
    pattern: pattern === undefined || pattern === '.+' ? null : pattern,
    url: url === undefined || url === 'none' ? null : url,
  };
};

const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`, 'u');

/** Refuses a ticket of another form than the house writes them. */
export const refuseOtherTicket = (terms: TicketTerms, ticket: string | null | undefined): void => {
  if (ticket === null || ticket === undefined || terms.pattern === null) return;
  if (!whole(terms.pattern).test(ticket))
    throw invalid(
      '/ticket',
      `is no ticket of this house: they are written ${terms.pattern}`,
      'name it as its system does',
    );
};
