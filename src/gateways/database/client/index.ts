export { catalogueStatement, type TableAsked } from './catalogue.ts';
export {
  BROWSER_NAME,
  NotLetIn,
  type Cell,
  type DatabaseClient,
  type DatabaseLogin,
  type ResultColumn,
  type RunEvents,
  type RunLimits,
  type SaidBeside,
  type StatementProblem,
  type TransactionState,
} from './contract.ts';
export { CutCell } from './cut-cell.ts';
export { HandOnRows } from './hand-on-rows.ts';
export { LastWords } from './last-words.ts';
export { pinOfCertificate } from './pin-of-certificate.ts';
