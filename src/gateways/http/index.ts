export { type HttpGatewayLimits, type HttpGatewayOptions } from './options.ts';
export { type HttpGatewayMetrics } from './metrics.ts';
export { startHttpGateway, type HttpGateway } from './start-gateway.ts';
