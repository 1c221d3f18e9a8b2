import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { AppError, unavailable } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';

/** Where Reeve is and with which token to speak to it. */
export interface Connection {
  readonly url: string;
  readonly token: string | undefined;
}

export const DEFAULT_URL = 'http://127.0.0.1:8470';

const credentialsFile = (): string =>
  process.env['REEVE_CREDENTIALS'] ??
  join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'reeve', 'credentials.json');

/** Where this user's settings of `reeve` are. */
export const settingsFolder = (): string => dirname(credentialsFile());

/** The connection of this shell: REEVE_URL and REEVE_TOKEN, else what `reeve login` kept, else the local default. */
export function connection(): Connection {
  const file = credentialsFile();
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Connection>) : {};
  return {
    url: (process.env['REEVE_URL'] ?? kept.url ?? DEFAULT_URL).replace(/\/$/, ''),
    token: process.env['REEVE_TOKEN'] ?? kept.token,
  };
}

/** Keeps a connection for this user, readable by nobody else. */
export function keepConnection(kept: Connection): void {
  const file = credentialsFile();
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(kept)}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
}

/** Forgets what `reeve login` kept. */
export const forgetConnection = (): void => rmSync(credentialsFile(), { force: true });

/**
 * One call. Throws an AppError made of the problem document, or 503 `server.unreachable`.
 * Unsafe calls carry an Idempotency-Key and are tried once more when the connection broke.
 */
export async function call(
  to: Connection,
  method: string,
  path: string,
  body?: Readonly<Record<string, unknown>>,
  waitMs = 60_000,
): Promise<unknown> {
  const headers: Record<string, string> = { accept: 'application/json, */*' };
  if (to.token !== undefined) headers['authorization'] = `Bearer ${to.token}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (method !== 'GET') headers['idempotency-key'] = newId();
  const send = (): Promise<Response> =>
    fetch(`${to.url}${path}`, {
      method,
      headers,
      signal: AbortSignal.timeout(waitMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  let response: Response;
  try {
    response = await send().catch(() => send());
  } catch {
    throw unavailable(
      'server.unreachable',
      `Reeve does not answer at ${to.url}`,
      'is it running (reeve up)? is REEVE_URL right?',
    );
  }
  const type = response.headers.get('content-type') ?? '';
  if (response.ok && type.includes('octet-stream')) return Buffer.from(await response.arrayBuffer());
  if (response.ok)
    return type.includes('json') && !type.includes('jsonl') ? await response.json() : await response.text();
  const problem = type.includes('json') ? ((await response.json()) as Record<string, unknown>) : {};
  throw new AppError({
    code: String(problem['code'] ?? 'http'),
    status: response.status,
    detail: String(problem['detail'] ?? `the server answered ${response.status}`),
    fix: typeof problem['fix'] === 'string' ? problem['fix'] : undefined,
    errors: Array.isArray(problem['errors']) ? problem['errors'] : [],
    extra: {
      trace_id: problem['trace_id'],
      ...(problem['step_up'] === undefined ? {} : { step_up: problem['step_up'] }),
    },
  });
}
