import type { TableAsked } from './catalogue.ts';

/** Where a gateway is and who comes: by a password made for this one connection. */
export interface DatabaseLogin {
  readonly host: string;
  readonly port: number;
  /** The one certificate it may show, PEM. */
  readonly certificate: string;
  /** `account@system`. */
  readonly loginName: string;
  readonly password: string;
  /** Where the session begins; empty: in none. */
  readonly database: string;
}

/** A value as it is shown: text, absent, the beginning of a text that is longer, or bytes that are no text, in hex. */
export type Cell =
  | string
  | null
  | { readonly begins: string; readonly bytes: number }
  | { readonly hex: string; readonly bytes: number };

/** A column of a result, by the names the server gives it. */
export interface ResultColumn {
  readonly name: string;
  readonly type: string;
  readonly isNumber: boolean;
}

/** How much of each result is handed on; what is beyond is read past, and never kept. */
export interface RunLimits {
  readonly rows: number;
  readonly cellBytes: number;
  readonly resultBytes: number;
}

/** What a server says of a statement that failed. */
export interface StatementProblem {
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
  /** Where in the text that was run, in UTF-16 units; absent: the server did not say. */
  readonly at?: number;
}

/** What happens to a text that is run, statement by statement. */
export interface RunEvents {
  /** A statement begins; where it is in the text, if that is known. */
  readonly begins: (where: { readonly start: number; readonly end: number } | undefined) => void;
  readonly columns: (columns: readonly ResultColumn[]) => void;
  readonly rows: (rows: readonly (readonly Cell[])[]) => void;
  /** `rows`: how many it returned or changed, as far as is known; `more`: it has rows beyond the limits. */
  readonly done: (how: { readonly tag: string; readonly rows: number | null; readonly more: boolean }) => void;
  readonly failed: (problem: StatementProblem) => void;
}

/** Whether a transaction is open. `failed`: it takes nothing but its end. */
export type TransactionState = 'none' | 'open' | 'failed';

/** Words beside results: notices of the server and of Reeve. */
export interface SaidBeside {
  readonly severity: string;
  readonly text: string;
}

/** A session at a database gateway, as somebody's client. One text runs at a time. */
export interface DatabaseClient {
  readonly transaction: TransactionState;
  /** Runs a text. Resolves once the next may be run; rejects where the session ends meanwhile. */
  readonly run: (text: string, limits: RunLimits, on: RunEvents) => Promise<void>;
  /** Asks for what runs to be stopped, by the protocol's own way. */
  readonly cancel: (by: () => Promise<DatabaseLogin>) => Promise<void>;
  /** The statement that lists tables, or the columns of one. */
  readonly catalogue: (of: TableAsked | undefined) => string;
  readonly said: (take: (words: SaidBeside) => void) => void;
  /** Nothing is read from the gateway until `resume`. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Resolves once, when the session is over, with why in words for the person. */
  readonly over: Promise<string>;
  readonly close: () => void;
}

/** The gateway could not be reached or did not let this client in; the message is for the person. */
export class NotLetIn extends Error {
  override readonly name = 'NotLetIn';
}

/** How clients for browsers are named on the record of sessions. */
export const BROWSER_NAME = 'Reeve_browser';
