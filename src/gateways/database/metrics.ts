import { newCounts, type Counts } from '#kit/metrics/index.ts';
import { GATEWAY_COUNTS } from '../port.ts';

/** What a gateway for a database counts beside what all do. */
export const DATABASE_COUNTS = {
  ...GATEWAY_COUNTS,
  certificatesRefused: 'Targets refused because they showed another certificate than their pin.',
  statements: 'Statements passed on.',
  statementsRefused: 'Statements refused by rules.',
  cancels: 'Statements people cancelled.',
  cancelsRefused: 'Cancels that named no statement of this gateway.',
} as const;

export type DatabaseGatewayMetrics = Counts<typeof DATABASE_COUNTS>;

export const newMetrics = (): DatabaseGatewayMetrics => newCounts(DATABASE_COUNTS);
