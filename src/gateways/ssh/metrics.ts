/** What the gateway counts since it started. Plain numbers: whoever exports them reads the object. */
export interface GatewayMetrics {
  connections: number;
  connectionsOpen: number;
  refusedForLoad: number;
  loginsAccepted: number;
  loginsRefused: number;
  admissionsRefused: number;
  sessionsOpen: number;
  sessionsEnded: number;
  sessionsKilled: number;
  targetsFailed: number;
  hostKeysRefused: number;
  channelsOpen: number;
  channels: number;
  requestsRefused: number;
  protocolViolations: number;
  recorderWaits: number;
  bytesIn: number;
  bytesOut: number;
}

export const newMetrics = (): GatewayMetrics => ({
  connections: 0,
  connectionsOpen: 0,
  refusedForLoad: 0,
  loginsAccepted: 0,
  loginsRefused: 0,
  admissionsRefused: 0,
  sessionsOpen: 0,
  sessionsEnded: 0,
  sessionsKilled: 0,
  targetsFailed: 0,
  hostKeysRefused: 0,
  channelsOpen: 0,
  channels: 0,
  requestsRefused: 0,
  protocolViolations: 0,
  recorderWaits: 0,
  bytesIn: 0,
  bytesOut: 0,
});
