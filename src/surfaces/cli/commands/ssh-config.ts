import type { Command } from 'commander';
import { connection } from '../call.ts';
import { inert } from '../print.ts';
import { reachGateway, type Gateway } from '../ssh/gateway.ts';
import { put, renewIdentity } from '../ssh/identity.ts';

/** `reeve ssh-config`: makes plain `ssh web1` go through the gateway. `reeve ssh-renew` is what that runs before it connects. */
export function addSshConfig(program: Command): void {
  program
    .command('ssh-config')
    .option('--write', 'write it where `Include` of ~/.ssh/config finds it, and say which line that is')
    .description('what ~/.ssh/config needs for plain `ssh web1`, scp, rsync, git and Ansible to go through the gateway')
    .action(async (chosen: { readonly write?: boolean }) => {
      const gateway = await reachGateway(connection());
      const config = sshConfig(gateway, [process.execPath, ...process.execArgv, process.argv[1] ?? 'reeve']);
      if (chosen.write !== true) {
        process.stdout.write(config);
        return;
      }
      put(gateway.files.config, config);
      process.stdout.write(`At the top of ~/.ssh/config:\nInclude ${inert(gateway.files.config)}\n`);
    });
  program
    .command('ssh-renew')
    .description('get a certificate for the gateway, unless the one there lasts')
    .action(async () => {
      await renewIdentity(connection());
    });
}

/**
 * One `Host` an account: the system's name for somebody's own account or the only one, and `account.system` for each. What
 * `ssh` reads while it connects has to be there before, so the certificate is renewed by `Match exec`.
 */
export function sshConfig(gateway: Gateway, self: readonly string[]): string {
  const { address, port, accounts, files } = gateway;
  const lines: string[] = [];
  const names: string[] = [];
  const host = (name: string, login: string): void => {
    names.push(name);
    lines.push(`Host ${name}`, `  User ${login}`);
  };
  for (const system of new Set(accounts.map((one) => one.system))) {
    const there = accounts.filter((one) => one.system === system);
    const own = there.filter((one) => one.own);
    const [only, another] = own.length > 0 ? own : there;
    if (only !== undefined && another === undefined) host(system, `${only.account}@${system}`);
    for (const { account } of there) host(`${account}.${system}`, `${account}@${system}`);
  }
  if (names.length === 0) return '# you may open no account of a host now\n';
  const renew = `${self.map((word) => `'${word}'`).join(' ')} ssh-renew`;
  return `${[
    ...lines,
    `Match originalhost ${names.join(',')} exec "${renew}"`,
    `Host ${names.join(' ')}`,
    `  HostName ${address}`,
    `  Port ${port}`,
    `  IdentityFile "${files.key}"`,
    `  CertificateFile "${files.certificate}"`,
    '  IdentitiesOnly yes',
    '  IdentityAgent none',
    `  UserKnownHostsFile "${files.knownHosts}"`,
    '  StrictHostKeyChecking yes',
    'Host *',
  ].join('\n')}\n`;
}
