import { newCounts, type Counts } from '#kit/metrics/index.ts';
import { GATEWAY_COUNTS } from '../port.ts';

/** What this gateway counts beside what all do. */
export const POSTGRES_COUNTS = {
  ...GATEWAY_COUNTS,
  certificatesRefused: 'Targets refused because they showed another certificate than their pin.',
  statements: 'Statements passed on.',
  statementsRefused: 'Statements refused by rules.',
  cancels: 'Statements people cancelled.',
  cancelsRefused: 'Cancels that named no statement of this gateway.',
} as const;

export type PostgresGatewayMetrics = Counts<typeof POSTGRES_COUNTS>;

export const newMetrics = (): PostgresGatewayMetrics => newCounts(POSTGRES_COUNTS);
