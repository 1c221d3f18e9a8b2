export { readInstant, YES_NO } from './cells.ts';
export { decodeCsv, decodeFlowing, type DecodedCsv } from './decode-csv.ts';
export { inPieces, readRows } from './read-rows.ts';
export { readTable, type OnProblem, type TableColumns } from './read-table.ts';
export { UnreadableCsv, type CsvProblem } from './problem.ts';
export { csvRow, plainCell } from './write-row.ts';
