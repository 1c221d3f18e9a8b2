import { hostname, userInfo } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { AppError } from '#kit/errors/index.ts';
import { call, connection, forgetConnection, keepConnection, type Connection } from '../call.ts';
import { renewIdentity } from '../ssh/identity.ts';

/** `reeve login`: a person lets this command line in from the console (RFC 8628). `reeve logout` ends it. */
export function addSignIn(program: Command): void {
  program
    .command('login')
    .argument('[url]', 'where Reeve is; default the last one, else this machine')
    .description('sign this command line in, through the console')
    .action(async (url: string | undefined) => {
      const to = { url: (url ?? connection().url).replace(/\/$/, ''), token: undefined };
      const asked = (await call(to, 'POST', '/v1/device-login', {
        client: `reeve on ${hostname()} (${userInfo().username})`,
      })) as {
        deviceCode: string;
        userCode: string;
        endsAt: string;
      };
      process.stderr.write(`Open ${to.url}/device and type ${asked.userCode}\n`);
      for (;;) {
        if (Date.now() > new Date(asked.endsAt).getTime()) {
          throw new AppError({
            code: 'device_login.over',
            status: 401,
            detail: 'nobody let this command line in',
            fix: 'run reeve login again',
          });
        }
        await pause(2000);
        try {
          const { token } = (await call(to, 'POST', '/v1/device-login/take', { deviceCode: asked.deviceCode })) as {
            token: string;
          };
          keepConnection({ url: to.url, token });
          await certifyHere({ url: to.url, token });
          process.stderr.write(`Signed in at ${to.url}.\n`);
          return;
        } catch (error) {
          if (!(error instanceof AppError) || error.code !== 'device_login.pending') throw error;
        }
      }
    });
  program
    .command('logout')
    .description('forget the sign-in of this command line')
    .action(() => {
      forgetConnection();
      process.stderr.write('Signed out here.\n');
    });
}

/** Signed in is signed in, also where no certificate for the gateway is to be had now. */
async function certifyHere(to: Connection): Promise<void> {
  try {
    await renewIdentity(to);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    process.stderr.write(`No certificate for the SSH gateway (${error.message}); later: reeve ssh-renew\n`);
  }
}
