/** Why an expression cannot be taken. Speaks of the expression only, never of a row. */
export class ExpressionError extends Error {
  /** Counted from 1. */
  readonly position: number;
  readonly fix: string;

  constructor(detail: string, position: number, fix: string) {
    super(detail);
    this.name = 'ExpressionError';
    this.position = position;
    this.fix = fix;
  }
}

/** Why an expression has no answer for one row. The message never repeats a value of the row. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}
