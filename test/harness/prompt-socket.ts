import { until } from '#kit/testing/index.ts';
import { openSocket, type BrowserSocket } from './browser-socket.ts';
import type { Caller, PeopledHouse } from './peopled-house.ts';

/** One statement of a run, as it was told. */
export interface ToldStatement {
  readonly columns: readonly { readonly name: string; readonly type: string; readonly isNumber: boolean }[];
  readonly rows: readonly unknown[][];
  readonly done?: { readonly tag: string; readonly rows: number | null; readonly more: boolean; readonly ms: number };
  readonly failed?: {
    readonly code: string;
    readonly message: string;
    readonly at?: number;
    readonly detail?: string;
    readonly hint?: string;
  };
}

/** A run that is over. */
export interface ToldRun {
  readonly statements: readonly ToldStatement[];
  readonly transaction: string;
  readonly refused?: string;
}

/** An SQL prompt, as the console would have it. */
export interface PromptSocket extends BrowserSocket {
  /** Runs a text and waits until it is over. */
  run(text: string, how?: { readonly most?: number; readonly into?: 'screen' | 'file' }): Promise<ToldRun>;
  /** Begins to run a text; answers its number. */
  begin(text: string, how?: { readonly most?: number; readonly into?: 'screen' | 'file' }): number;
  over(id: number): Promise<ToldRun>;
  look(table?: { readonly schema: string; readonly name: string }): Promise<Record<string, unknown>>;
  notices(): string[];
}

type Said = Record<string, Record<string, unknown> | undefined>;

/** Asks for an account of a database and shows the key, as the console does. */
export async function openPrompt(
  house: Pick<PeopledHouse, 'url'>,
  who: Caller,
  at: { readonly account: string; readonly system: string; readonly database?: string },
  how: { readonly acks?: false } = {},
): Promise<PromptSocket> {
  const asked = await who.call('POST', '/v1/browser-sessions', { account: at.account, system: at.system });
  if (asked.status !== 200) throw new Error(`${asked.status} ${asked.text}`);
  const it = openSocket(house, who);
  if (how.acks !== false)
    it.ws.on('message', (data: Buffer) => {
      const upTo = (JSON.parse(data.toString()) as { upTo?: number }).upTo;
      if (upTo !== undefined) it.tell({ shown: upTo });
    });
  await new Promise<void>((open, fail) => {
    it.ws.once('open', open);
    it.ws.once('error', fail);
  });
  it.tell({ key: asked.body['key'], prompt: { database: at.database ?? null } });
  let next = 0;
  const all = (name: string, id: number): Said[string][] =>
    (it.said as Said[]).map((one) => one[name]).filter((one) => one?.['id'] === id);
  const told = (id: number): ToldRun => {
    const statements = new Map<number, { columns: unknown; rows: unknown[]; done?: unknown; failed?: unknown }>();
    for (const one of all('begins', id)) statements.set(one?.['n'] as number, { columns: [], rows: [] });
    for (const name of ['columns', 'rows', 'done', 'failed'] as const)
      for (const one of all(name, id)) {
        const statement = statements.get(one?.['n'] as number);
        if (statement === undefined) continue;
        if (name === 'rows') statement.rows.push(...(one?.['rows'] as unknown[]));
        else if (name === 'columns') statement.columns = one?.['columns'];
        else statement[name] = one;
      }
    const refused = all('refused', id)[0]?.['because'];
    return {
      statements: [...statements.values()] as unknown as ToldStatement[],
      transaction: String(all('over', id)[0]?.['transaction']),
      ...(typeof refused === 'string' ? { refused } : {}),
    };
  };
  const over = async (id: number): Promise<ToldRun> => {
    // What is refused because another runs never began, so it is not over either.
    const neverBegan = (): boolean => all('refused', id)[0]?.['because'] === 'a statement runs already';
    await until(() => all('over', id).length > 0 || neverBegan() || it.closedAt() !== undefined, {
      timeoutMs: 30_000,
      what: `run ${id} to be over: ${JSON.stringify(it.said).slice(-500)}`,
    });
    return told(id);
  };
  const begin: PromptSocket['begin'] = (text, { most = 500, into = 'screen' } = {}) => {
    next += 1;
    it.tell({ run: { id: next, text, most, into } });
    return next;
  };
  return {
    ...it,
    begin,
    over,
    run: (text, more) => over(begin(text, more)),
    look: async (table) => {
      next += 1;
      const id = next;
      it.tell({ look: { id, ...(table === undefined ? {} : { table }) } });
      await over(id);
      return all('found', id)[0] ?? {};
    },
    notices: () =>
      (it.said as Said[]).flatMap((one) => (one['notice'] === undefined ? [] : [String(one['notice']['text'])])),
  };
}
