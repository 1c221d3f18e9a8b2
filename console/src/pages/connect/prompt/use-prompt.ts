import { useEffect, useReducer, useRef } from 'react';
import { announce } from '../../../ui/feedback/live-region.tsx';
import { openPrompt, type Cell, type PromptConnection, type PromptMessage } from './open-prompt.ts';
import { BEGUN, promptReducer, type PromptState } from './prompt-state.ts';
import { csvHead, csvRows, cutCells, saveCsv } from './to-csv.ts';

type Found = NonNullable<PromptMessage['found']>;

export interface Prompt {
  readonly state: PromptState;
  /** A statement or a look at the tables is on its way. */
  readonly busy: boolean;
  readonly run: (
    what: { readonly text: string; readonly offset: number; readonly most: number } & (
      | { readonly into: 'screen' }
      | { readonly into: 'file'; readonly guard: boolean; readonly name: string }
    ),
  ) => void;
  readonly stop: () => void;
  readonly look: (table?: { readonly schema: string; readonly name: string }) => Promise<Found>;
}

interface IntoFile {
  readonly name: string;
  readonly guard: boolean;
  pieces: string[];
  cut: number;
}

/** A connection to a database and what came of it. */
export const usePrompt = (to: {
  readonly system: string;
  readonly account: string;
  readonly database: string;
}): Prompt => {
  const [state, tell] = useReducer(promptReducer, BEGUN);
  const connection = useRef<PromptConnection>(undefined);
  const looks = useRef(new Map<number, (found: Found) => void>());
  const file = useRef<IntoFile>(undefined);
  const next = useRef(0);
  const { system, account, database } = to;
  useEffect(() => {
    const waiting = looks.current;
    const intoFile = (message: PromptMessage): void => {
      const to = file.current;
      if (to === undefined) return;
      if (message.columns !== undefined) to.pieces = [csvHead(message.columns.columns, to.guard)];
      if (message.rows !== undefined) {
        to.pieces.push(csvRows(message.rows.rows, to.guard));
        to.cut += cutCells(message.rows.rows);
      }
      if (message.done !== undefined && to.pieces.length > 0) {
        saveCsv(to.pieces, `${to.name}-${String(message.done.n)}.csv`);
        announce(to.cut === 0 ? 'Saved as a file' : `Saved; ${String(to.cut)} values were too long and are cut`);
        to.pieces = [];
        to.cut = 0;
      }
      if (message.over !== undefined) file.current = undefined;
    };
    const opened = openPrompt({ system, account, database }, (message) => {
      if (message.found !== undefined) {
        waiting.get(message.found.id)?.(message.found);
        waiting.delete(message.found.id);
      }
      if (message.refused !== undefined) {
        const { id, because } = message.refused;
        waiting.get(id)?.({ id, failed: because });
        waiting.delete(id);
      }
      intoFile(message);
      tell({ heard: message });
      saysSo(message);
    });
    connection.current = opened;
    return () => {
      opened.close();
      waiting.clear();
    };
  }, [system, account, database]);
  const running = state.run !== undefined && !state.run.over;
  return {
    state,
    busy: running,
    run: (what) => {
      next.current += 1;
      const id = next.current;
      file.current = what.into === 'file' ? { name: what.name, guard: what.guard, pieces: [], cut: 0 } : undefined;
      tell({ asked: { id, text: what.text, offset: what.offset, into: what.into, statements: [], over: false } });
      connection.current?.say({ run: { id, text: what.text, most: what.most, into: what.into } });
    },
    stop: () => connection.current?.say({ cancel: true }),
    look: (table) => {
      next.current += 1;
      const id = next.current;
      return new Promise((resolve) => {
        looks.current.set(id, resolve);
        connection.current?.say({ look: { id, ...(table === undefined ? {} : { table }) } });
      });
    },
  };
};

/** What cannot be seen by whoever does not look is said. */
const saysSo = (message: PromptMessage): void => {
  if (message.ended !== undefined) announce(`The session ended: ${message.ended.because}`, true);
  if (message.notice !== undefined) announce(message.notice.text);
  if (message.notCancelled !== undefined) announce(`It could not be stopped: ${message.notCancelled.because}`);
  if (message.failed !== undefined) announce(`It failed: ${message.failed.message}`);
  if (message.done !== undefined) announce(message.done.tag === '' ? 'Done' : message.done.tag);
};

/** The rows of a result that are on the screen, as a file. */
export const saveRows = (
  statement: {
    readonly columns: readonly { name: string; type: string; isNumber: boolean }[];
    readonly rows: readonly (readonly Cell[])[];
  },
  name: string,
  guard: boolean,
): void => {
  saveCsv([csvHead(statement.columns, guard), csvRows(statement.rows, guard)], name);
  const cut = cutCells(statement.rows);
  announce(cut === 0 ? 'Saved as a file' : `Saved; ${String(cut)} values were too long and are cut`);
};
