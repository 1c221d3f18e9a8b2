export {
  cursorAfter,
  instantIn,
  instantOut,
  page,
  pageInput,
  pageOf,
  readCursor,
  text,
  nestsDeeper,
  textProblem,
} from './fields.ts';
export { toProblem, type Problem } from './problem.ts';
