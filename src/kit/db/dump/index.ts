export { mayTakeFiles } from './copying.ts';
export type { DumpFolder } from './files.ts';
export type { DumpHead } from './format.ts';
export { checkDump, loadDump, type Loaded } from './load-dump.ts';
export { writeDump, type Dumped } from './write-dump.ts';
