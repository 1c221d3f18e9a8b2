import { spawnSync } from 'node:child_process';
import type { Command } from 'commander';
import { AppError } from '#kit/errors/index.ts';
import { call, connection } from '../call.ts';
import { inert } from '../print.ts';

/** Said here and not asked of the server: nothing else is to be signed with a host key. */
const NAMESPACE = 'reeve-workload';
const HOST_KEY = '/etc/ssh/ssh_host_ed25519_key';

/** `reeve workloads prove-host`: proves the host it runs on by its SSH host key, and prints the token. */
export function addWorkloads(program: Command): void {
  const workloads =
    program.commands.find((c) => c.name() === 'workloads') ??
    program.command('workloads').description('workloads commands');
  workloads
    .command('prove-host')
    .argument('<system>', 'the name of this host in Reeve')
    .option('--key <file>', 'its SSH host key; only root may read it', HOST_KEY)
    .description('prove this host by its SSH host key, and print a short-lived token for REEVE_TOKEN')
    .action(async (system: string, { key }: { readonly key: string }) => {
      const to = { url: connection().url, token: undefined };
      const { challenge } = (await call(to, 'GET', `/v1/workloads/challenge?system=${encodeURIComponent(system)}`)) as {
        challenge: string;
      };
      // What another Reeve was asked for is not signed for this one, nor the other way round.
      if (!challenge.startsWith(`reeve-workload ${to.url} ${system} `))
        throw new AppError({
          code: 'workload.challenge_elsewhere',
          status: 403,
          detail: `${to.url} asks to sign for another address: ${inert(challenge.slice(0, 200))}`,
          fix: 'set REEVE_URL to the public_url of your Reeve',
        });
      const signature = sign(key, challenge);
      const given = (await call(to, 'POST', '/v1/workloads/host-token', { challenge, signature })) as {
        token: string;
        endsAt: string;
      };
      process.stderr.write(`reeve: good until ${inert(given.endsAt)}\n`);
      process.stdout.write(`${inert(given.token)}\n`);
    });
}

function sign(key: string, message: string): string {
  const made = spawnSync('ssh-keygen', ['-q', '-Y', 'sign', '-f', key, '-n', NAMESPACE], {
    input: message,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: 10_000,
  });
  if (made.status === 0) return made.stdout;
  throw new AppError({
    code: 'workload.not_signed',
    status: 422,
    detail: `ssh-keygen could not sign with ${key}`,
    fix: 'run it as root, or name the host key with --key; it takes OpenSSH 8.0 or newer',
  });
}
