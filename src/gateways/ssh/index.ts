export { startSshGateway, type SshGateway } from './start-gateway.ts';
export type { GatewayLimits } from './options.ts';
export { makeHostKey } from './openssh-key.ts';
