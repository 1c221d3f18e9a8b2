import type { Command } from 'commander';
import { call, connection } from '../call.ts';
import { EXIT } from '../exit-codes.ts';
import { inert } from '../print.ts';
import { withFreshProof } from '../prove-fresh.ts';
import { systemId, untilSettled } from './system-work.ts';

interface HostAnswer {
  readonly state: string;
  readonly systemName: string;
  readonly problem: string | null;
  readonly names: readonly string[];
  readonly validTo: string | null;
  readonly knownHosts: readonly string[];
}

/** `reeve ca host`: certifies a host, waits for what comes of it, and prints what clients put into `known_hosts`. */
export function addHostCertificates(program: Command): void {
  const ca = program.commands.find((c) => c.name() === 'ca') ?? program.command('ca').description('ca commands');
  ca.command('host')
    .argument('<system>', 'id or name')
    .option('--names <names>', 'what clients call it, with commas; default what it was, or its name and address')
    .option('--show', 'change nothing: only print the lines for known_hosts')
    .description('certify the pinned key of a host for its names, have sshd show it, and connect to see it')
    .action(async (system: string, options: { names?: string; show?: boolean }) => {
      const to = connection();
      const path = `/v1/systems/${encodeURIComponent(await systemId(to, system))}/host-certificate`;
      const names = options.names?.split(',').map((name) => name.trim());
      if (options.show !== true)
        await withFreshProof(to, () => call(to, 'POST', path, names === undefined ? {} : { names }));
      const host = await untilSettled<HostAnswer>(to, path, 'certifying');
      if (host.state === 'failed') {
        process.stderr.write(`reeve: ${inert(host.problem ?? 'it failed')}\n`);
        process.exitCode = EXIT.conflict;
        return;
      }
      process.stderr.write(
        `${inert(host.systemName)} shows a certificate for ${inert(host.names.join(' '))} until ${inert(host.validTo ?? '')}\n`,
      );
      for (const line of host.knownHosts) process.stdout.write(`${inert(line)}\n`);
    });
}
