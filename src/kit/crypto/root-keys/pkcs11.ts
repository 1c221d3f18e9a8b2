import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { AppError } from '#kit/errors/index.ts';
import { randomSecret } from '../seal.ts';
import type { RootKeyInReach } from './root-key.ts';
import type { TokenAnswer, TokenAsk, TokenSettings, TokenStart } from './token-settings.ts';

type Ask = TokenAsk extends infer A ? (A extends TokenAsk ? Omit<A, 'n'> : never) : never;

/** Long enough for a module over a network, short enough to be told of. */
const PATIENCE_MS = 15_000;
const GOODBYE_MS = 2_000;

/** Makes a root key in the token, which it never leaves. */
export async function makeTokenKey(settings: TokenSettings): Promise<RootKeyInReach> {
  return await reach(settings, { do: 'make', id: randomSecret(8).toString('hex') });
}

/** The root key of that id, where the token holds it. Throws `root_key.unreachable` where the token or the key is not there. */
export async function openTokenKey(settings: TokenSettings, id: string): Promise<RootKeyInReach> {
  return await reach(settings, { do: 'find', id });
}

async function reach(
  settings: TokenSettings,
  first: { readonly do: 'make' | 'find'; readonly id: string },
): Promise<RootKeyInReach> {
  const pin = await readPin(settings.pinFile);
  const gone = new AbortController();
  const waiting = new Map<number, (answer: TokenAnswer) => void>();
  const holder = startHolder();
  const lose = (why: string): void => {
    gone.abort(unreachable(why));
    for (const [n, answer] of waiting) answer({ n, refused: 'unreachable', why });
    holder.kill('SIGKILL');
  };
  holder.on('message', (answer: TokenAnswer) => {
    if ('gone' in answer) return lose(answer.gone);
    waiting.get(answer.n)?.(answer);
  });
  holder.on('error', (error) => lose(error.message));
  holder.on('exit', (code, signal) => lose(`the process that holds its library ended (${signal ?? code})`));

  const wait = async (n: number): Promise<Uint8Array> => {
    if (gone.signal.aborted) throw gone.signal.reason as Error;
    let late: NodeJS.Timeout | undefined;
    const answer = await new Promise<TokenAnswer>((done) => {
      waiting.set(n, done);
      late = setTimeout(() => lose(`it did not answer within ${PATIENCE_MS / 1000} seconds`), PATIENCE_MS);
    });
    clearTimeout(late);
    waiting.delete(n);
    if (!('refused' in answer)) return ('bytes' in answer ? answer.bytes : undefined) ?? new Uint8Array();
    throw answer.refused === 'does_not_open' ? doesNotOpen() : unreachable(answer.why);
  };
  const tell = (what: TokenStart | TokenAsk): void =>
    void holder.send(what, (error) => {
      if (error !== null) lose(error.message);
    });
  let count = 0;
  const ask = async (what: Ask): Promise<Buffer> => {
    count += 1;
    const answered = wait(count);
    tell({ ...what, n: count });
    return Buffer.from(await answered);
  };
  const end = async (): Promise<void> => {
    holder.removeAllListeners('exit');
    if (holder.exitCode !== null || holder.signalCode !== null) return;
    const ended = once(holder, 'exit');
    const late = setTimeout(() => holder.kill('SIGKILL'), GOODBYE_MS);
    // It lets its sessions in the token go, of which some modules have few.
    if (holder.connected) holder.disconnect();
    await ended;
    clearTimeout(late);
  };
  try {
    const started = wait(0);
    tell({ module: settings.module, token: settings.token, pin });
    await started;
    await ask(first);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    id: first.id,
    gone: gone.signal,
    wrap: (secret, context) => ask({ do: 'wrap', bytes: secret, context }),
    unwrap: (wrapped, context) => ask({ do: 'unwrap', bytes: wrapped, context }),
    close: end,
  };
}

/**
 * A process of its own for each key: a vendor's library that stands still or crashes takes nothing of Reeve with it, and
 * what one of them knows of its token is forgotten with the process.
 */
function startHolder(): ChildProcess {
  const built = !import.meta.url.endsWith('.ts');
  const script = built ? new URL('./token-holder.js', import.meta.url) : new URL('./token-holder.ts', import.meta.url);
  const holder = fork(fileURLToPath(script), {
    // From source it needs what reads TypeScript, which is there in development only.
    execArgv: built ? [] : ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  holder.unref();
  holder.channel?.unref();
  return holder;
}

/** The PIN, from a file nobody else may read. */
async function readPin(path: string): Promise<string> {
  let text: string;
  let mode: number;
  try {
    const file = await openFile(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      mode = (await file.stat()).mode;
      text = await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    throw misconfigured(
      `the PIN file ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
      'name it in pkcs11_pin_file, owned by the user Reeve runs as',
    );
  }
  if ((mode & 0o077) !== 0)
    throw misconfigured(
      `others may read the PIN file ${path} (mode ${(mode & 0o777).toString(8)})`,
      `chmod 600 ${path}`,
    );
  return text.trim();
}

const misconfigured = (detail: string, fix: string): AppError =>
  new AppError({ code: 'root_key.misconfigured', status: 500, detail, fix });

const unreachable = (why: string): AppError =>
  new AppError({
    code: 'root_key.unreachable',
    status: 503,
    detail: `the security module that holds the root key cannot be used: ${why}`,
    fix: 'see that the module, the token and its PIN are as pkcs11_module, pkcs11_token and pkcs11_pin_file say',
  });

const doesNotOpen = (): AppError =>
  new AppError({
    code: 'crypto.does_not_open',
    status: 500,
    detail: 'a key of the ring does not open in the security module: it was altered, or wrapped by another key',
    fix: 'check that the token belongs to this database',
  });
