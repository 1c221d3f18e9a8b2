/** Log-ons of a cluster as they happen: its log where that can be read, and the sessions that are open. */
import { z } from 'zod';
import { TargetError, type Logon, type LogonsSeen } from '../../port.ts';
import type { Database, Row } from '../client.ts';

/** Largest part of a log that is looked at in one go, in bytes. */
const MOST_BYTES = 4_000_000;

const OPEN = `
  select usename as account, coalesce(host(client_addr), '') as address, to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at,
         pid || ' ' || extract(epoch from backend_start) as id, application_name as program
    from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() and usename is not null order by backend_start`;
const LOG = `
  select pg_current_logfile('stderr') as file, (pg_stat_file(pg_current_logfile('stderr'))).size::float8 as size, current_setting('log_connections') as told,
         extract(epoch from (now() at time zone current_setting('log_timezone')) - (now() at time zone 'UTC'))::int as ahead`;

const markShape = z.object({
  /** Sessions that were open: process and beginning. */
  open: z.array(z.string()),
  log: z.object({ file: z.string(), size: z.number() }).nullable(),
  /** Connections the log told of whose account it had not told yet: process → address. */
  coming: z.record(z.string(), z.string()),
});
type Mark = z.infer<typeof markShape>;

function readMark(mark: string | undefined): Mark | undefined {
  if (mark === undefined) return undefined;
  try {
    return markShape.safeParse(JSON.parse(mark)).data;
  } catch {
    return undefined;
  }
}

/** Looks once. A session the log told of is not told again for being open. */
export async function newLogons(database: Database, was: string | undefined): Promise<LogonsSeen> {
  const mark = readMark(was);
  const leftOut: string[] = [];
  const log = await readLog(database, mark, leftOut);
  const open = await database.query(OPEN);
  const before = new Set(mark?.open);
  const fresh = open.filter((row) => !before.has(text(row['id']))).map(sessionOf);
  const told = log.logons;
  const silent = fresh.filter(
    ({ account, from, at }) => !told.some((one) => one.account === account && one.from === from && near(one.at, at)),
  );
  const next: Mark = { open: open.map((row) => text(row['id'])), log: log.at, coming: log.coming };
  return { logons: mark === undefined ? [] : [...told, ...silent], mark: JSON.stringify(next), leftOut };
}

const sessionOf = (row: Row): Logon => ({
  account: text(row['account']),
  at: text(row['at']),
  from: text(row['address']),
  how: `session of ${
    text(row['program'])
      .replace(/[\p{Cc}]/gu, '?')
      .slice(0, 60) || 'an unnamed program'
  }`,
});

interface LogRead {
  readonly logons: readonly Logon[];
  readonly at: Mark['log'];
  readonly coming: Record<string, string>;
}

async function readLog(database: Database, mark: Mark | undefined, leftOut: string[]): Promise<LogRead> {
  const none: LogRead = { logons: [], at: null, coming: {} };
  const short = 'sessions that begin and end between two looks are not seen';
  try {
    const [row] = await database.query(LOG);
    const file = row?.['file'];
    if (typeof file !== 'string') {
      leftOut.push(`${short}: the server keeps no log it can read (logging_collector = on)`);
      return none;
    }
    if (['off', ''].includes(text(row?.['told']))) leftOut.push(`${short}: log_connections is off`);
    const size = Number(row?.['size']);
    const at = { file, size };
    if (mark === undefined) return { ...none, at };
    const parts: string[] = [];
    const begun = mark.log?.file === file && mark.log.size <= size ? mark.log.size : 0;
    if (mark.log !== null && mark.log.file !== file)
      parts.push(await piece(database, mark.log.file, mark.log.size, MOST_BYTES).catch(() => ''));
    const from = Math.max(begun, size - MOST_BYTES);
    if (from > begun) leftOut.push(`the log grew by more than ${String(MOST_BYTES)} bytes between two looks`);
    parts.push(await piece(database, file, from, size - from));
    return { at, ...connectionsIn(parts.join(''), Number(row?.['ahead'] ?? 0), mark.coming) };
  } catch (error) {
    if (!(error instanceof TargetError) || error.code === 'unreachable') throw error;
    leftOut.push(
      `${short}: the log cannot be read (${error.message}); grant pg_read_server_files and pg_monitor, or EXECUTE on pg_read_file`,
    );
    return none;
  }
}

const piece = async (database: Database, file: string, from: number, length: number): Promise<string> => {
  const [row] = await database.query(`select encode(pg_read_binary_file($1, $2, $3), 'base64') as text`, [
    file,
    from,
    length,
  ]);
  return Buffer.from(text(row?.['text']), 'base64').toString('utf8');
};

/** A connection is told in two lines: where it comes from, then as whom. The process they share stands in the prefix as `[pid]`. */
export function connectionsIn(
  log: string,
  ahead: number,
  before: Readonly<Record<string, string>>,
): { readonly logons: readonly Logon[]; readonly coming: Record<string, string> } {
  const coming = new Map(Object.entries(before));
  const logons: Logon[] = [];
  for (const line of log.split('\n')) {
    const [, head = '', pid = '', rest = ''] = /^(\S.*?)\[(\d+)\](.*)$/u.exec(line) ?? [];
    if (pid === '') continue;
    const received = /LOG: {2}connection received: host=(\S+)/u.exec(rest)?.[1];
    if (received !== undefined) coming.set(pid, received === '[local]' ? '' : received);
    const [, account, program] =
      /LOG: {2}connection authorized: user=(.+?) database=.+?(?: application_name=(.+?))?(?: SSL enabled .*)?$/u.exec(
        rest,
      ) ?? [];
    if (account !== undefined) {
      logons.push({
        account,
        at: instantOf(head, ahead),
        from: coming.get(pid) ?? '',
        how: `session of ${program ?? 'an unnamed program'}`,
      });
      coming.delete(pid);
    }
  }
  return { logons, coming: Object.fromEntries([...coming].slice(-200)) };
}

/** `ahead`: seconds the log's zone is before UTC. A line without a time is as old as this look. */
function instantOf(head: string, ahead: number): string {
  const found = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)/u.exec(head);
  const at = found === null ? Number.NaN : Date.parse(`${found[1] ?? ''}T${found[2] ?? ''}Z`) - ahead * 1000;
  return new Date(Number.isNaN(at) ? Date.now() : at).toISOString();
}

const near = (one: string, other: string): boolean => Math.abs(Date.parse(one) - Date.parse(other)) < 5_000;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
