/** Why a file is no CSV file that can be read, as a letter to whoever sent it. */
export interface CsvProblem {
  readonly code: string;
  readonly detail: string;
  readonly fix?: string | undefined;
}

/** Thrown within the reading of a file that cannot be read on. */
export class UnreadableCsv extends Error {
  readonly problem: CsvProblem;
  constructor(problem: CsvProblem) {
    super(problem.detail);
    this.problem = problem;
  }
}
