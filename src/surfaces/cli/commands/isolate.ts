import { connect, isIP } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { AppError } from '#kit/errors/index.ts';
import { call, connection, type Connection } from '../call.ts';
import { EXIT } from '../exit-codes.ts';
import { inert } from '../print.ts';
import { withFreshProof } from '../prove-fresh.ts';
import { systemId } from './system-work.ts';

interface Isolation {
  readonly systemName: string;
  readonly host: string;
  readonly port: number;
  readonly gateways: readonly string[];
  readonly parts: readonly {
    readonly name: string;
    readonly file: string | null;
    readonly text: string;
    readonly apply: readonly string[];
    readonly remove: readonly string[];
  }[];
  readonly proof: {
    readonly state: string | null;
    readonly checks: readonly { readonly name: string; readonly outcome: string; readonly evidence: string }[];
  };
}

const LONGEST_WAIT_MS = 120_000;
/** A port that says nothing for so long is closed to whoever asks. */
const TRY_MS = 3_000;

const listed = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== 'none');

const pathOf = async (to: Connection, system: string): Promise<string> =>
  `/v1/systems/${encodeURIComponent(await systemId(to, system))}/isolation`;

/** `reeve isolate`: systems by their names; what goes into files is printed as it is, and it is tried from where this runs. */
export function addIsolate(program: Command): void {
  const isolate =
    program.commands.find((c) => c.name() === 'isolate') ?? program.command('isolate').description('isolate commands');
  isolate
    .command('set')
    .argument('<system>', 'id or name')
    .option(
      '--gateways <addresses>',
      'addresses or networks gateways and workers come from, with commas; none: the known ones',
    )
    .option(
      '--exemptions <list>',
      'who may log on without Reeve, with commas: account@192.0.2.7, *@192.0.2.0/28, account@local',
    )
    .option('--every-seconds <number>', 'how often log-ons are read, 30 at most; 0: never')
    .description('say who may reach a system, and have log-ons past Reeve told from now on; what is not named stays')
    .action(async (system: string, options: { gateways?: string; exemptions?: string; everySeconds?: string }) => {
      const to = connection();
      const path = await pathOf(to, system);
      const set = (await withFreshProof(to, () =>
        call(to, 'PUT', path, {
          ...(options.gateways === undefined ? {} : { gateways: listed(options.gateways) }),
          ...(options.exemptions === undefined ? {} : { exemptions: listed(options.exemptions) }),
          ...(options.everySeconds === undefined ? {} : { everySeconds: Number(options.everySeconds) }),
        }),
      )) as Isolation;
      process.stdout.write(
        `${inert(set.systemName)} is to be reached from ${inert(set.gateways.join(', ')) || 'nowhere: no gateway is known'}; what to put there: reeve isolate show ${inert(set.systemName)}\n`,
      );
    });
  isolate
    .command('show')
    .argument('<system>', 'id or name')
    .option(
      '--part <name>',
      'only the text of one part, as it goes into its file: sshd, nftables, pg_hba, accounts, keys',
    )
    .option('--json', 'everything, for programs')
    .description('print what a system is to be told so that only the gateways reach it')
    .action(async (system: string, options: { part?: string; json?: boolean }) => {
      const to = connection();
      const shown = (await call(to, 'GET', await pathOf(to, system))) as Isolation;
      if (options.json === true) process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
      else if (options.part === undefined) printParts(shown);
      else process.stdout.write(onePart(shown, options.part));
    });
  isolate
    .command('prove')
    .argument('<system>', 'id or name')
    .option('--from-here-unknown', 'do not try to reach it from here, for instance because this is a gateway')
    .option('--json', 'everything, for programs')
    .description('try to reach a system from here, have Reeve look at it, and say what was proved')
    .action(async (system: string, options: { fromHereUnknown?: boolean; json?: boolean }) => {
      const to = connection();
      const path = await pathOf(to, system);
      const { host, port } = (await call(to, 'GET', path)) as Isolation;
      const tried = options.fromHereUnknown === true ? {} : { tried: await tryFromHere(host, port) };
      await withFreshProof(to, () => call(to, 'POST', `${path}/proof`, tried));
      const came = await untilLookedAt(to, path);
      if (options.json === true) process.stdout.write(`${JSON.stringify(came.proof, null, 2)}\n`);
      else printProof(came);
      if (came.proof.state !== 'proved')
        process.exitCode = came.proof.state === 'failed' ? EXIT.integrity : EXIT.pending;
    });
}

/** Opens a connection and says what came of it; nothing is sent. */
function tryFromHere(host: string, port: number): Promise<{ from: string; reached: boolean; said: string }> {
  return new Promise((done) => {
    const socket = connect({ host, port });
    const where = `${host} port ${String(port)}`;
    const end = (reached: boolean, said: string): void => {
      const from = socket.localAddress ?? '';
      socket.destroy();
      done({ from: isIP(from) === 0 ? '' : from, reached, said: said.slice(0, 300) });
    };
    socket.setTimeout(TRY_MS, () => end(false, `${where} gives no answer`));
    socket.once('connect', () => end(true, `${where} takes connections`));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end(false, `${where} cannot be reached (${error.code ?? 'refused'})`),
    );
  });
}

async function untilLookedAt(to: Connection, path: string): Promise<Isolation> {
  const until = Date.now() + LONGEST_WAIT_MS;
  for (;;) {
    const shown = (await call(to, 'GET', path)) as Isolation;
    if (shown.proof.state !== 'asked') return shown;
    if (Date.now() > until)
      throw new AppError({
        code: 'isolation.still_waiting',
        status: 504,
        detail: `nobody has looked at ${shown.systemName} yet`,
        fix: 'is a worker running? look again: reeve isolate list',
      });
    await pause(200);
  }
}

function onePart(shown: Isolation, name: string): string {
  const part = shown.parts.find((one) => one.name === name);
  if (part !== undefined) return part.text;
  throw new AppError({
    code: 'isolation.no_part',
    status: 404,
    detail: `nothing is said of ${name} for ${shown.systemName}`,
    fix: `choose one of ${shown.parts.map((one) => one.name).join(', ') || 'none: no address of a gateway is known'}`,
  });
}

/** Line by line: what came with the data steers no terminal. */
const lines = (text: string): string => text.split('\n').map(inert).join('\n');

function printParts(shown: Isolation): void {
  if (shown.parts.length === 0)
    process.stderr.write(
      `no address of a gateway is known: reeve isolate set ${inert(shown.systemName)} --gateways 192.0.2.10\n`,
    );
  for (const { name, file, text, apply, remove } of shown.parts) {
    process.stdout.write(`### ${name}${file === null ? '' : `: ${inert(file)}`}\n\n${lines(text)}`);
    if (apply.length > 0) process.stdout.write(`\n## apply it\n${lines(apply.join('\n'))}\n`);
    if (remove.length > 0) process.stdout.write(`\n## take it back\n${lines(remove.join('\n'))}\n`);
    process.stdout.write('\n');
  }
}

function printProof({ systemName, proof }: Isolation): void {
  for (const { name, outcome, evidence } of proof.checks)
    process.stdout.write(`${outcome.padEnd(8)}${name.padEnd(18)}${inert(evidence)}\n`);
  process.stdout.write(`${inert(systemName)}: ${proof.state ?? 'not looked at'}\n`);
}
