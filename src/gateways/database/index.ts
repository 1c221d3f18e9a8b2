export { BrokenFrame } from './broken-frame.ts';
export {
  BROWSER_NAME,
  catalogueStatement,
  CutCell,
  HandOnRows,
  LastWords,
  NotLetIn,
  pinOfCertificate,
  type Cell,
  type DatabaseClient,
  type DatabaseLogin,
  type ResultColumn,
  type RunEvents,
  type RunLimits,
  type SaidBeside,
  type StatementProblem,
  type TransactionState,
} from './client/index.ts';
export { deniedTable } from './denied-tables.ts';
export { hideFrom, hideWithin, inPlaceOf, MAY_HOLD_ONE } from './hide-within.ts';
export { hangUp, hold } from './hold-socket.ts';
export { type Hide, type Judge, type Prepared } from './judged-statement.ts';
export { KeptBack } from './kept-back.ts';
export { KeptNames } from './kept-names.ts';
export { newMetrics, type DatabaseGatewayMetrics } from './metrics.ts';
export { openDoor, secureContextOf, type Connection, type DatabaseGateway } from './open-door.ts';
export { DEFAULT_LIMITS, type DatabaseGatewayLimits, type DatabaseGatewayOptions } from './options.ts';
export { Outgoing } from './outgoing.ts';
export { parseLoginName, type LoginName } from './parse-login-name.ts';
export { fromReeve, plainAddress, printable } from './printable.ts';
export { ByteReader } from './read-bytes.ts';
export { textOf, valueOf, weightOf } from './recorded-values.ts';
export { rememberTexts } from './remember-texts.ts';
export { secured } from './secured.ts';
export { StandingOrders } from './standing-orders.ts';
export { wipe } from './wipe.ts';
