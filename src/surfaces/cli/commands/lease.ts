import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { AppError } from '#kit/errors/index.ts';
import { call, connection } from '../call.ts';
import { printAnswer } from '../print.ts';
import { withFreshProof } from '../prove-fresh.ts';

const LONGEST_WAIT_MS = 60_000;

/** `reeve lease get`: asks for a database user, waits until it is there, and shows its password once. */
export function addLease(program: Command): void {
  const lease =
    program.commands.find((c) => c.name() === 'lease') ?? program.command('lease').description('lease commands');
  lease
    .command('get')
    .argument('<template>', 'id or name; reeve lease templates lists them')
    .requiredOption('--reason <text>', 'what for')
    .option('--seconds <number>', 'how long, within what the template allows')
    .option('--json', 'print JSON')
    .description('get a database user that is there for a time; its password is shown once')
    .action(async (template: string, options: { reason: string; seconds?: string; json?: boolean }) => {
      const to = connection();
      const all = (await call(to, 'GET', '/v1/lease-templates')) as { items: { id: string; name: string }[] };
      const one = all.items.find(({ id, name }) => id === template || name === template);
      if (one === undefined)
        throw new AppError({
          code: 'lease_template.not_found',
          status: 404,
          detail: `there is no template ${template}`,
          fix: 'reeve lease templates',
        });
      const { id } = (await withFreshProof(to, () =>
        call(to, 'POST', '/v1/leases', {
          templateId: one.id,
          reason: options.reason,
          ...(options.seconds === undefined ? {} : { seconds: Number(options.seconds) }),
        }),
      )) as { id: string };
      const until = Date.now() + LONGEST_WAIT_MS;
      for (;;) {
        try {
          const taken = await call(to, 'POST', `/v1/leases/${id}/credential`, {});
          printAnswer({ id, ...(taken as object) }, { json: options.json === true, quiet: false, columns: undefined });
          return;
        } catch (error) {
          if (!(error instanceof AppError) || error.code !== 'lease.not_ready' || Date.now() > until) throw error;
          await pause(300);
        }
      }
    });
}
