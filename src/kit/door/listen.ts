import type { Server } from 'node:net';
import { AppError } from '#kit/errors/index.ts';

/** Has a server listen; `who` names it in the error. Throws `code` (503) where the port cannot be had. */
export function listen(
  server: Server,
  at: { readonly host?: string | undefined; readonly port?: number | undefined },
  { who, code }: { readonly who: string; readonly code: string },
): Promise<void> {
  const { host = '127.0.0.1', port = 0 } = at;
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void =>
      reject(
        new AppError({
          code,
          status: 503,
          detail: `${who} cannot listen on ${host}:${port}: ${error.message}`,
          fix: 'choose another port, or end what listens there',
          cause: error,
        }),
      );
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      resolve();
    });
  });
}
