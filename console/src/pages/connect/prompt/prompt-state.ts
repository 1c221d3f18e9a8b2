import type { Cell, Column, Place, PromptMessage } from './open-prompt.ts';

/** Rows of one run that are kept in the page, over all its results. */
const MOST_KEPT = 50_000;
const MOST_NOTICES = 50;
const MOST_RUNS = 100;

export interface Statement {
  readonly n: number;
  readonly where?: Place;
  readonly columns?: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Rows went into a file, or were too many for the page. */
  readonly elsewhere: number;
  readonly done?: NonNullable<PromptMessage['done']>;
  readonly failed?: NonNullable<PromptMessage['failed']>;
}

export interface Run {
  readonly id: number;
  readonly text: string;
  /** Where the text begins in the editor. */
  readonly offset: number;
  readonly into: 'screen' | 'file';
  readonly statements: readonly Statement[];
  readonly over: boolean;
  readonly refused?: string;
}

/** A text that was run before, for this page only. */
export interface Past {
  readonly id: number;
  readonly text: string;
  readonly outcome: string;
}

export interface PromptState {
  readonly now: 'connecting' | 'open' | 'ended';
  readonly because?: string;
  readonly opened?: NonNullable<PromptMessage['opened']>;
  readonly session?: NonNullable<PromptMessage['session']>;
  readonly transaction: 'none' | 'open' | 'failed';
  readonly run?: Run;
  readonly past: readonly Past[];
  readonly notices: readonly { readonly n: number; readonly severity: string; readonly text: string }[];
}

export const BEGUN: PromptState = { now: 'connecting', transaction: 'none', past: [], notices: [] };

export type PromptEvent = { readonly heard: PromptMessage } | { readonly asked: Run };

const outcomeOf = (run: Run): string => {
  if (run.refused !== undefined) return 'not run';
  const failed = run.statements.find((one) => one.failed !== undefined);
  if (failed !== undefined) return `failed at ${String(failed.n)}`;
  return run.statements.length === 1 ? 'done' : `${String(run.statements.length)} statements`;
};

const within = (
  state: PromptState,
  { id, n }: { readonly id: number; readonly n: number },
  change: (one: Statement) => Statement,
): PromptState => {
  const { run } = state;
  if (run === undefined || run.id !== id) return state;
  return { ...state, run: { ...run, statements: run.statements.map((one) => (one.n === n ? change(one) : one)) } };
};

const withRows = (state: PromptState, message: NonNullable<PromptMessage['rows']>): PromptState => {
  const kept = state.run?.statements.reduce((sum, { rows }) => sum + rows.length, 0) ?? 0;
  const room = state.run?.into === 'file' ? 0 : Math.max(0, MOST_KEPT - kept);
  return within(state, message, (one) => ({
    ...one,
    rows: room === 0 ? one.rows : [...one.rows, ...message.rows.slice(0, room)],
    elsewhere: one.elsewhere + Math.max(0, message.rows.length - room),
  }));
};

/** What a message changes. */
const hear = (state: PromptState, message: PromptMessage): PromptState => {
  const { run } = state;
  if (message.opened !== undefined) return { ...state, now: 'open', opened: message.opened };
  if (message.session !== undefined) return { ...state, session: message.session };
  if (message.rows !== undefined) return withRows(state, message.rows);
  if (message.begins !== undefined) {
    const { id, n, where } = message.begins;
    if (run === undefined || run.id !== id) return state;
    const begun: Statement = { n, rows: [], elsewhere: 0, ...(where === undefined ? {} : { where }) };
    return { ...state, run: { ...run, statements: [...run.statements, begun] } };
  }
  if (message.columns !== undefined) {
    const { columns } = message.columns;
    return within(state, message.columns, (one) => ({ ...one, columns }));
  }
  if (message.done !== undefined) {
    const { done } = message;
    return within(state, done, (one) => ({ ...one, done }));
  }
  if (message.failed !== undefined) {
    const { failed } = message;
    return within(state, failed, (one) => ({ ...one, failed }));
  }
  if (message.refused !== undefined && run?.id === message.refused.id)
    return { ...state, run: { ...run, refused: message.refused.because } };
  if (message.over !== undefined) return endOfRun(state, message.over);
  if (message.notice !== undefined || message.notCancelled !== undefined) {
    const said = message.notice ?? { severity: 'not stopped', text: message.notCancelled?.because ?? '' };
    const n = (state.notices.at(-1)?.n ?? 0) + 1;
    return { ...state, notices: [...state.notices, { n, ...said }].slice(-MOST_NOTICES) };
  }
  if (message.ended !== undefined)
    return {
      ...state,
      now: 'ended',
      because: message.ended.because,
      ...(run === undefined ? {} : { run: { ...run, over: true } }),
    };
  return state;
};

const endOfRun = (state: PromptState, { id, transaction }: NonNullable<PromptMessage['over']>): PromptState => {
  const { run } = state;
  if (run === undefined || run.id !== id) return { ...state, transaction };
  const past = [{ id, text: run.text, outcome: outcomeOf(run) }, ...state.past.filter(({ text }) => text !== run.text)];
  return { ...state, transaction, run: { ...run, over: true }, past: past.slice(0, MOST_RUNS) };
};

export const promptReducer = (state: PromptState, event: PromptEvent): PromptState =>
  'asked' in event ? { ...state, run: event.asked } : hear(state, event.heard);
