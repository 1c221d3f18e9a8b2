export { type PostgresGatewayLimits, type PostgresGatewayOptions } from './options.ts';
export { type PostgresGatewayMetrics } from './metrics.ts';
export { startPostgresGateway, type PostgresGateway } from './start-gateway.ts';
