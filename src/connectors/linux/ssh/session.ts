/** Running commands over a connection that is already open: every wait bounded, every loss of the connection an error. */
import type { Client } from 'ssh2';
import { TargetError } from '../../port.ts';

export interface RunResult {
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Exit code; null when the command died by a signal. */
  readonly code: number | null;
}

export interface SshSession {
  /** The server's identification line, for instance `SSH-2.0-OpenSSH_9.2p1`. */
  readonly ident: string;
  /** Runs `command` with `stdin`; TargetError when the connection breaks, `timeoutMs` passes or stdout exceeds `maxBytes`. */
  run(command: string, stdin: string, limits: { timeoutMs: number; maxBytes: number }): Promise<RunResult>;
  close(): void;
}

/** Takes over a client that is logged in. `place` names the target in messages. */
export function startSession(client: Client, place: string, ident: string): SshSession {
  let lost: ((error: TargetError) => void) | undefined;
  const brokeOff = (cause?: unknown): void =>
    lost?.(new TargetError('unreachable', `the connection to ${place} broke off`, { cause }));
  client.removeAllListeners('error');
  client.removeAllListeners('close');
  client.on('error', brokeOff);
  client.on('close', () => brokeOff());
  return {
    ident,
    close: () => {
      client.removeAllListeners('close');
      client.end();
      // A target that does not answer the goodbye must not keep the process alive.
      setTimeout(() => client.destroy(), 2_000).unref();
    },
    run: (command, stdin, limits) =>
      new Promise((resolve, reject) => {
        let code: number | null | undefined;
        let size = 0;
        const out: Buffer[] = [];
        const err: Buffer[] = [];
        const finish = (act: () => void): void => {
          clearTimeout(timer);
          lost = undefined;
          act();
        };
        const fail = (error: TargetError): void => {
          finish(() => reject(error));
          client.destroy();
        };
        const timer = setTimeout(
          () => fail(new TargetError('failed', `${place} did not finish within ${limits.timeoutMs} ms`)),
          limits.timeoutMs,
        );
        lost = fail;
        client.exec(command, (error, channel) => {
          if (error)
            return fail(
              new TargetError('refused', `${place} does not run commands for this account`, { cause: error }),
            );
          channel.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size > limits.maxBytes)
              return fail(new TargetError('failed', `${place} answered more than ${limits.maxBytes} bytes`));
            out.push(chunk);
          });
          channel.stderr.on('data', (chunk: Buffer) => {
            if (err.length < 64) err.push(chunk);
          });
          channel.on('exit', (status: number | null) => {
            code = status;
          });
          channel.on('close', () => {
            const exit = code;
            if (exit === undefined) return fail(new TargetError('unreachable', `the connection to ${place} broke off`));
            finish(() =>
              resolve({ stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString('utf8'), code: exit }),
            );
          });
          channel.end(stdin);
        });
      }),
  };
}
