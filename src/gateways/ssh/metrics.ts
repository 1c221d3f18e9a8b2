import { newCounts, type Counts } from '#kit/metrics/index.ts';
import { GATEWAY_COUNTS } from '../port.ts';

/** What this gateway counts beside what all do. */
export const SSH_COUNTS = {
  ...GATEWAY_COUNTS,
  hostKeysRefused: 'Targets refused because they showed another host key than their pin.',
  channelsOpen: 'Channels open now.',
  channels: 'Channels opened.',
  requestsRefused: 'Requests within sessions that were refused.',
} as const;

export type GatewayMetrics = Counts<typeof SSH_COUNTS>;

export const newMetrics = (): GatewayMetrics => newCounts(SSH_COUNTS);
