import { parseSync } from 'libpg-query';
import { rememberTexts, type Judge } from '../../database/index.ts';

const STOPPING = /pg_(?:cancel|terminate)_backend/i;
/** By such a name a function is called without its letters being there. */
const ESCAPED_NAME = /u&"/i;
/** Their numbers in every catalogue, for calls by the protocol. */
const BY_NUMBER = /^function call of oid (?:2096|2171)$/;
/** They run a text that they are given. */
const RUNS_TEXT =
  /^(?:query_to_xml(?:schema|_and_xmlschema)?|ts_stat|ts_rewrite|dblink(?:_exec|_open|_send_query)?|crosstab\d?|connectby|xpath_table)$/i;
/** Longer texts would keep everybody else waiting while they are read. */
const LONGEST = 64 * 1024;

const STOPS_OTHERS =
  'others use this account too, so only what you run yourself may be stopped: pg_cancel_backend and pg_terminate_backend take the number of a session of yours';

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** Backends that a text would stop, by number; `any`: which ones is not to be seen in it. */
const stopped = rememberTexts((text: string): ReadonlySet<number | 'any'> => {
  const found = new Set<number | 'any'>();
  // where a string ends after a backslash depends on what the session has set
  if (text.length > LONGEST || text.includes('\\')) return found.add('any');
  try {
    for (const { stmt } of parseSync(text).stmts ?? []) walk(stmt, found);
  } catch {
    // the server takes it for no SQL either
  }
  return found;
});

/**
 * Refuses to have sessions of others stopped by a function, where an account is more than one person's: PostgreSQL lets
 * every session of a role end every other. `own` are the backends of this person here.
 */
export const refuseStopping =
  (own: () => ReadonlySet<number>): Judge =>
  (_raw, text) => {
    if (BY_NUMBER.test(text)) return STOPS_OTHERS;
    if (!STOPPING.test(text) && !ESCAPED_NAME.test(text)) return undefined;
    const numbers = own();
    return [...stopped(text)].every((one) => one !== 'any' && numbers.has(one)) ? undefined : STOPS_OTHERS;
  };

function walk(value: unknown, found: Set<number | 'any'>): void {
  // a name in the body of a function, in an operator's definition, or wherever else it is not called at once
  if (typeof value === 'string') {
    if (STOPPING.test(value)) found.add('any');
    return;
  }
  if (!isNode(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    // text as data
    if (key === 'A_Const') continue;
    if (key === 'FuncCall' && isNode(inner)) {
      const { funcname, ...rest } = inner;
      const name = nameOf(funcname);
      if (!STOPPING.test(name)) {
        if (RUNS_TEXT.test(name) && STOPPING.test(JSON.stringify(rest))) found.add('any');
        walk(rest, found);
        continue;
      }
      for (const number of whichOf(inner['args'])) found.add(number);
    } else walk(inner, found);
  }
}

const nameOf = (parts: unknown): string => {
  const last = Array.isArray(parts) ? (parts as { String?: { sval?: string } }[]).at(-1) : undefined;
  return last?.String?.sval ?? '';
};

/** What a call stops. Its own session by `pg_backend_pid()` is nobody else's. */
function whichOf(args: unknown): readonly (number | 'any')[] {
  const [first] = Array.isArray(args) ? (args as Node[]) : [];
  const constant = first?.['A_Const'] as { ival?: { ival?: number } } | undefined;
  if (constant?.ival !== undefined) return [constant.ival.ival ?? 0];
  const call = first?.['FuncCall'];
  return isNode(call) && nameOf(call['funcname']) === 'pg_backend_pid' ? [] : ['any'];
}
