/** What a gateway for a database counts since it started. Plain numbers: whoever exports them reads the object. */
export interface DatabaseGatewayMetrics {
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
  certificatesRefused: number;
  statements: number;
  statementsRefused: number;
  cancels: number;
  cancelsRefused: number;
  protocolViolations: number;
  recorderWaits: number;
  bytesIn: number;
  bytesOut: number;
}

export const newMetrics = (): DatabaseGatewayMetrics => ({
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
  certificatesRefused: 0,
  statements: 0,
  statementsRefused: 0,
  cancels: 0,
  cancelsRefused: 0,
  protocolViolations: 0,
  recorderWaits: 0,
  bytesIn: 0,
  bytesOut: 0,
});
