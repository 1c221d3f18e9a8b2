import type { Item, Out } from './of-contract.ts';

export type SodRule = Item<'sod.listRules'>;
export type SodRuleOfLibrary = Item<'sod.library'>;
export type SodFunctionOfLibrary = Out<'sod.showFunction'>;
export type SodViolator = Item<'sod.violations'>;
export type SodMatrix = Out<'sod.matrix'>;
export type DutiesWhatIf = Out<'sod.whatIf'>;
export type SodControlRun = Item<'sod.listControlRuns'>;
export type SodException = Item<'sod.listExceptions'>;
/** What the rules say about one identity as it is. */
export type SodVerdict = Out<'sod.check'>;
export type SodConflict = SodVerdict['standing'][number];
