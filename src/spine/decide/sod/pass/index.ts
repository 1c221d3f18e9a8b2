export { ColumnsBuilder, type Columns } from './columns.ts';
export { compileRules, type CompiledRules, type KnownEntitlement, type PassRule } from './compile-rules.ts';
export { judgeChange, type Standing } from './judge-change.ts';
export { heldThroughout, rowOf, runPass, type Findings, type PassInput } from './run-pass.ts';
export { PASS_STATEMENT_MS, passOverEverybody, type InConflict } from './pass-over-everybody.ts';
