import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '#kit/errors/index.ts';
import { call, connection } from '../call.ts';
import { inert } from '../print.ts';
import { withFreshProof } from '../prove-fresh.ts';

/** A sign-in as the API answers it. */
interface Issued {
  readonly origin: string;
  readonly link: string;
  readonly password: string;
  readonly certificate: string | null;
  readonly endsAt: string;
}

/**
 * `reeve web open`: a link for a browser. `reeve web token`: the same for programs. The link is printed, not handed to a
 * program: what is in an argument every process of the machine can read.
 */
export function addWeb(program: Command): void {
  const web = program.commands.find((c) => c.name() === 'web') ?? program.command('web').description('web commands');
  web
    .command('open')
    .argument('<target>', 'account@system, or a system where you have one account')
    .option('--seconds <number>', 'until it has to be opened', '300')
    .description('print a link that opens a web application through the gateway, once')
    .action(async (target: string, options: { seconds: string }) => {
      const issued = await ask(target, options.seconds);
      process.stdout.write(`${inert(issued.link)}\n`);
      process.stderr.write(`opens once, until ${inert(issued.endsAt)}\n`);
    });
  web
    .command('token')
    .argument('<target>', 'account@system, or a system where you have one account')
    .option('--seconds <number>', 'until the first request', '300')
    .description(
      'have a password for programs and print it as variables for a shell: where, what to send, and what to verify by',
    )
    .action(async (target: string, options: { seconds: string }) => {
      const issued = await ask(target, options.seconds);
      const lines = {
        REEVE_WEB_ORIGIN: issued.origin,
        REEVE_WEB_PASSWORD: issued.password,
        CURL_CA_BUNDLE: keep(issued),
      };
      for (const [name, value] of Object.entries(lines))
        process.stdout.write(`export ${name}='${inert(value).replaceAll("'", "'\\''")}'\n`);
      process.stderr.write(
        `good for one session that begins until ${inert(issued.endsAt)}\ncurl -K - "$REEVE_WEB_ORIGIN/" <<< "header = \\"Reeve-Password: $REEVE_WEB_PASSWORD\\""\n`,
      );
    });
}

async function ask(target: string, seconds: string): Promise<Issued> {
  const at = target.lastIndexOf('@');
  const to = connection();
  return (await withFreshProof(to, () =>
    call(to, 'POST', '/v1/web-sign-ins', {
      system: target.slice(at + 1),
      ...(at > 0 ? { account: target.slice(0, at) } : {}),
      seconds: Number(seconds),
    }),
  )) as Issued;
}

function keep(issued: Issued): string {
  if (issued.certificate === null)
    throw new AppError({
      code: 'gateway.certificate_unknown',
      status: 503,
      detail:
        'this Reeve does not know the certificate of its gateway for web applications, so nobody could tell whom the password goes to',
      fix: 'give all nodes the same web_tls_file',
    });
  const dir = join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'reeve');
  const file = join(dir, `web-${new URL(issued.origin).hostname.replaceAll(/[^\w.-]/g, '_')}.crt`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  writeFileSync(file, issued.certificate, { mode: 0o600 });
  return file;
}
