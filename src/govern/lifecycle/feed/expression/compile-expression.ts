import { Environment, EvaluationError, ParseError, TypeError as CheckError } from '@marcbachmann/cel-js';
import { checkShape } from './check-shape.ts';
import { ExpressionError, NoAnswer } from './expression-error.ts';
import { LONGEST_TEXT, registerFunctions } from './functions.ts';

/** Longest expression, in characters. */
export const LONGEST_EXPRESSION = 2000;

/** An expression that was looked at and can be asked of rows. */
export interface Expression {
  readonly text: string;
  /** The columns it reads, as it spells them. */
  readonly columns: readonly string[];
  /**
   * What it makes of a row, given by its own spelling of the columns; the empty text is no value. Throws NoAnswer,
   * which repeats nothing of the row, where it has no answer.
   */
  readonly of: (row: ReadonlyMap<string, string>) => string;
}

const env = registerFunctions(
  new Environment({
    limits: { maxAstNodes: 300, maxDepth: 24, maxListElements: 100, maxMapEntries: 300, maxCallArguments: 8 },
  }).registerVariable('row', 'map<string, string>'),
);

/**
 * Reads an expression in CEL, held to what costs no more than its length and to texts as its answer. Throws
 * ExpressionError with the place and what to write instead.
 */
export function compileExpression(text: string): Expression {
  if (text.length > LONGEST_EXPRESSION)
    throw new ExpressionError(`is longer than ${LONGEST_EXPRESSION} characters`, LONGEST_EXPRESSION, 'say it in fewer');
  try {
    const parsed = env.parse(text);
    const { columns } = checkShape(parsed.ast);
    const checked = parsed.check();
    if (checked.error !== undefined) throw checked.error;
    if (checked.type !== 'string')
      throw new ExpressionError(`comes to a ${checked.type ?? 'value'}, not to a text`, 1, fixOfType(checked.type));
    return { text, columns, of: (row) => answer(parsed, row) };
  } catch (error) {
    if (error instanceof ParseError || error instanceof CheckError || error instanceof EvaluationError)
      throw new ExpressionError(
        error.summary.replace(/^./, (c) => c.toLowerCase()),
        (error.range?.start ?? 0) + 1,
        fixOf(error.code),
      );
    throw error;
  }
}

const fixOfType = (type: string | undefined): string => {
  if (type === 'null') return 'write "" for no value';
  if (type === 'bool') return 'write … ? "yes" : "no"';
  return type?.startsWith('list') === true ? 'choose one of it, [0], or join(…, " ")' : 'wrap it in string(…)';
};

function fixOf(code: string): string {
  if (code === 'incompatible_ternary_branches') return 'both sides are texts; write "" for no value';
  if (code === 'no_matching_overload') return 'a column is a text: int(row.n) makes a number of it, string(…) a text';
  if (code === 'no_such_overload') return 'a column is a text, and "" when it is empty; it is compared with texts';
  if (code === 'limit_exceeded') return 'say it in fewer steps';
  return 'see docs/how-to/feed-people.md for what can be written';
}

function answer(parsed: (context: object) => unknown, row: ReadonlyMap<string, string>): string {
  let value: unknown;
  try {
    value = parsed({ row });
  } catch (error) {
    if (error instanceof NoAnswer) throw error;
    // What the library says may repeat a value of the row; its codes never do.
    if (error instanceof EvaluationError) throw new NoAnswer(REASONS[error.code] ?? error.code.replaceAll('_', ' '));
    throw error;
  }
  if (typeof value !== 'string') throw new NoAnswer('it comes to no text');
  if (value.length > LONGEST_TEXT) throw new NoAnswer(`a text grows beyond ${LONGEST_TEXT} characters`);
  return value;
}

const REASONS: Readonly<Record<string, string>> = {
  no_such_key: 'a table in it has no entry for this value',
  index_out_of_range: 'a list or text is shorter than it asks for',
  int_conversion_error: 'a value is no whole number',
  bool_conversion_error: 'a value is neither true nor false',
};
