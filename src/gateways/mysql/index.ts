export { comeToMysql } from './client/come-as-client.ts';
export {
  type DatabaseGateway as MysqlGateway,
  type DatabaseGatewayLimits as MysqlGatewayLimits,
} from '../database/index.ts';
export { startMysqlGateway, type MysqlGatewayOptions } from './start-gateway.ts';
