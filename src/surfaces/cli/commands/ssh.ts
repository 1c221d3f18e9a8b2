import type { Command } from 'commander';
import { connection } from '../call.ts';
import { loginName, reachGateway, sshOptions } from '../ssh/gateway.ts';
import { logOnDirectly } from '../ssh/log-on-directly.ts';
import { runHere } from '../ssh/run-program.ts';

/** `reeve ssh lena@web1` and `reeve scp file web1:`, through the gateway, by a certificate. */
export function addSsh(program: Command): void {
  program
    .command('ssh')
    .option('--direct', 'not through the gateway: a certificate for the system itself; not recorded, not cut')
    .argument('<target>', 'account@system, or a system where you have one account')
    .argument('[arguments...]', 'handed to ssh: its options, and the command to run')
    .allowUnknownOption()
    .passThroughOptions()
    .description('log on to a system through the gateway, with a certificate that says who you are')
    .action(async (target: string, rest: string[], chosen: { readonly direct?: boolean }) => {
      const [flags, command] = split(rest);
      if (chosen.direct === true) {
        process.exitCode = await logOnDirectly(target, flags, command);
        return;
      }
      const gateway = await reachGateway(connection());
      const to = ['-p', String(gateway.port), '-l', loginName(gateway.accounts, target)];
      const args = [...sshOptions(gateway), ...to, ...flags, '--', gateway.address, ...command];
      process.exitCode = await runHere('ssh', args);
    });
  program
    .command('scp')
    .argument('[arguments...]', 'as scp takes them: options, then files, those elsewhere as account@system:path')
    .allowUnknownOption()
    .passThroughOptions()
    .description('copy files from or to systems through the gateway')
    .action(async (rest: string[]) => {
      const gateway = await reachGateway(connection());
      const files = rest.map((word) =>
        elsewhere(word, (target) => loginName(gateway.accounts, target), gateway.address),
      );
      process.exitCode = await runHere('scp', [...sshOptions(gateway), '-P', String(gateway.port), ...files]);
    });
}

/** Options of ssh come before the host, the command after it. */
function split(rest: readonly string[]): readonly [readonly string[], readonly string[]] {
  const WITH_VALUE = /^-[bcDEeFIiJLlmOopQRSWw]$/u;
  let at = 0;
  while (at < rest.length && rest[at]?.startsWith('-') === true && rest[at] !== '--')
    at += WITH_VALUE.test(rest[at] ?? '') ? 2 : 1;
  return [rest.slice(0, at), rest.slice(rest[at] === '--' ? at + 1 : at)];
}

/** A file on a system has a colon before any slash, as scp itself tells them apart; it is asked of the gateway. */
export function elsewhere(word: string, login: (target: string) => string, gateway: string): string {
  const colon = word.indexOf(':');
  const slash = word.indexOf('/');
  if (word.startsWith('-') || colon < 1 || (slash >= 0 && slash < colon)) return word;
  const host = gateway.includes(':') ? `[${gateway}]` : gateway;
  return `${login(word.slice(0, colon))}@${host}${word.slice(colon)}`;
}
