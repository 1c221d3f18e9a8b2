export { comeToPostgres } from './client/come-as-client.ts';
export {
  type DatabaseGateway as PostgresGateway,
  type DatabaseGatewayLimits as PostgresGatewayLimits,
} from '../database/index.ts';
export { startPostgresGateway } from './start-gateway.ts';
