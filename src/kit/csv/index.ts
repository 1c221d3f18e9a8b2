export { decodeCsv, type DecodedCsv } from './decode-csv.ts';
export { inPieces, readRows } from './read-rows.ts';
export { UnreadableCsv, type CsvProblem } from './problem.ts';
