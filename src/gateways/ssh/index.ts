export { startSshGateway, type SshGateway } from './start-gateway.ts';
export type { SshGatewayOptions, GatewayLimits } from './options.ts';
export type { GatewayMetrics } from './metrics.ts';
export { parseLoginName, type LoginName, type ParsedLoginName } from './login/parse-login-name.ts';
export { makeHostKey } from './openssh-key.ts';
