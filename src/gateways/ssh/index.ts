export { startSshGateway, type SshGateway } from './start-gateway.ts';
export { comeAsClient, type ClientLogin, type GatewayClient } from './client/come-as-client.ts';
export type { GatewayLimits } from './options.ts';
export { makeHostKey } from './openssh-key.ts';
