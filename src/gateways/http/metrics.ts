/** What the gateway counts since it started. Plain numbers: whoever exports them reads the object. */
export interface HttpGatewayMetrics {
  connections: number;
  connectionsOpen: number;
  refusedForLoad: number;
  signInsAccepted: number;
  signInsRefused: number;
  admissionsRefused: number;
  sessionsOpen: number;
  sessionsEnded: number;
  sessionsKilled: number;
  targetsFailed: number;
  certificatesRefused: number;
  requests: number;
  requestsOpen: number;
  requestsRefused: number;
  webSockets: number;
  webSocketsOpen: number;
  protocolViolations: number;
  recorderWaits: number;
  bytesIn: number;
  bytesOut: number;
}

export const newMetrics = (): HttpGatewayMetrics => ({
  connections: 0,
  connectionsOpen: 0,
  refusedForLoad: 0,
  signInsAccepted: 0,
  signInsRefused: 0,
  admissionsRefused: 0,
  sessionsOpen: 0,
  sessionsEnded: 0,
  sessionsKilled: 0,
  targetsFailed: 0,
  certificatesRefused: 0,
  requests: 0,
  requestsOpen: 0,
  requestsRefused: 0,
  webSockets: 0,
  webSocketsOpen: 0,
  protocolViolations: 0,
  recorderWaits: 0,
  bytesIn: 0,
  bytesOut: 0,
});
