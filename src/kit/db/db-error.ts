import { AppError, unavailable } from '#kit/errors/index.ts';

/**
 * What PostgreSQL refused. Holds names (constraint, table, column), never row values: PostgreSQL puts those in
 * `detail` and at the end of some messages, and neither is kept. Match constraints with `isConstraint`.
 */
export class DbError extends Error {
  override readonly name = 'DbError';
  /** SQLSTATE, PostgreSQL manual, appendix A. */
  readonly sqlstate: string;
  readonly constraint: string | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;
  /** The statement's text, shortened; parameters are not in it. */
  readonly statement: string;

  constructor(input: {
    message: string;
    sqlstate: string;
    constraint: string | undefined;
    table: string | undefined;
    column: string | undefined;
    statement: string;
  }) {
    super(input.message);
    this.sqlstate = input.sqlstate;
    this.constraint = input.constraint;
    this.table = input.table;
    this.column = input.column;
    this.statement = input.statement;
  }
}

/** True when a unique, check, exclusion or foreign key constraint of that name refused the change. */
export const isConstraint = (error: unknown, name: string): boolean =>
  error instanceof DbError && error.constraint === name;

/** Serialization failure and deadlock: nothing was done, and the same work may succeed when tried again. */
export const mayRetry = (error: unknown): boolean =>
  error instanceof DbError && (error.sqlstate === '40001' || error.sqlstate === '40P01');

/** Why PostgreSQL can take no change at the moment, whoever asks; in words, by SQLSTATE or its class (manual, appendix A). */
const CANNOT_WRITE: Readonly<Record<string, string>> = {
  '53100': 'its disk is full',
  '53': 'it has run out of memory or connections',
  '58': 'its disk fails',
  '25006': 'it may only be read',
  '42501': 'Reeve lacks a right there',
  '55P03': 'somebody else held it for too long',
  '57014': 'it took longer than it may',
  XX001: 'it is damaged',
  XX002: 'it is damaged',
};

/** Why the database could not do what it was asked, where that has nothing to do with what was asked; else undefined. */
export const cannotWrite = (error: unknown): string | undefined =>
  error instanceof DbError ? (CANNOT_WRITE[error.sqlstate] ?? CANNOT_WRITE[error.sqlstate.slice(0, 2)]) : undefined;

/**
 * Such a failure as a letter to whoever asked, since it is no fault of Reeve's: 503 `database.cannot_write`. Anything
 * else is as it was.
 */
export function asUnavailable(error: unknown): unknown {
  const why = cannotWrite(error);
  if (why === undefined) return error;
  return new AppError({
    code: 'database.cannot_write',
    status: 503,
    detail: `the database could not take this (${why}), so it was not done`,
    fix: 'tell whoever looks after the database; it works again as soon as that is mended',
    cause: error,
  });
}

/** True where the database is away or takes nothing at the moment: the same work may succeed later, and should be tried. */
export const isAway = (error: unknown): boolean =>
  (error instanceof AppError && error.status === 503) || cannotWrite(error) !== undefined || mayRetry(error);

const field = (error: object, key: string): string | undefined => {
  const value: unknown = Reflect.get(error, key);
  return typeof value === 'string' ? value : undefined;
};

/** Lost or refused connections, by Node's codes, by SQLSTATE class 08 and by the server's own shutdown codes. */
const UNREACHABLE = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|08...|57P0[123])$/;

/** True when there is no server to talk to at the moment. */
export const isUnreachable = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const code = field(error, 'code') ?? '';
  return (
    UNREACHABLE.test(code) ||
    /^(Connection terminated|Client has encountered a connection error|timeout expired|Query read timeout)/i.test(
      error.message,
    )
  );
};

const lost = (code: string): AppError =>
  unavailable(
    'database.unreachable',
    `the database does not answer (${code === '' ? 'connection lost' : code}); what was under way may or may not have been committed`,
    'check that PostgreSQL runs and that database_url names it, then try again',
  );

const busy = (): AppError =>
  unavailable(
    'database.busy',
    'no database connection became free in time',
    'try again; if it stays, raise database_connections or look for transactions that run long',
  );

/** Turns what the driver throws into DbError, or into `database.unreachable` when the server is gone. */
export function asDbError(error: unknown, statement: string): Error {
  if (!(error instanceof Error)) return new Error('the database driver threw something that is not an error');
  if (error instanceof AppError || error instanceof DbError) return error;
  const code = field(error, 'code') ?? '';
  if (isUnreachable(error)) return lost(code);
  if (error.message.startsWith('timeout exceeded when trying to connect')) return busy();
  if (!/^[0-9A-Z]{5}$/.test(code)) return error;
  return new DbError({
    message: withoutValues(error.message, code),
    sqlstate: code,
    constraint: field(error, 'constraint'),
    table: field(error, 'table'),
    column: field(error, 'column'),
    statement: statement.replaceAll(/\s+/g, ' ').trim().slice(0, 200),
  });
}

/** Class 22 (data exception) messages quote the offending value after a colon. */
const withoutValues = (message: string, sqlstate: string): string =>
  sqlstate.startsWith('22') ? message.replaceAll(/"[^"]*"$/g, '"…"').replace(/: "[\s\S]*"$/, ': "…"') : message;
