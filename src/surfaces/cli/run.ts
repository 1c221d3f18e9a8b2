import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { AppError, invalid } from '#kit/errors/index.ts';
import { call, connection } from './call.ts';
import {
  contractCommands,
  type CommandFailure,
  type ContractCommand,
  type ContractField,
} from './contract-commands.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { inert, printAnswer } from './print.ts';
import { withFreshProof } from './prove-fresh.ts';
import { ownCommands } from './commands/index.ts';

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

function parseValue(field: ContractField, text: string): unknown {
  if (field.type === 'number') {
    const number = Number(text);
    if (!Number.isFinite(number)) throw invalid(`/${field.name}`, `--${kebab(field.name)} takes a number`);
    return number;
  }
  if (field.type === 'boolean') return text !== 'false';
  if (field.type === 'array' && !text.startsWith('[')) return text.split(',');
  if (field.type === 'array' || field.type === 'json') {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw invalid(`/${field.name}`, `--${kebab(field.name)} takes JSON`);
    }
  }
  return text;
}

function addCommand(program: Command, command: ContractCommand): void {
  let parent = program;
  for (const word of command.words.slice(0, -1)) {
    parent = parent.commands.find((c) => c.name() === word) ?? parent.command(word).description(`${word} commands`);
  }
  const leaf = parent.command(command.words.at(-1) ?? '').description(command.summary);
  for (const name of command.positional) {
    const required = command.fields.find((f) => f.name === name)?.required === true;
    leaf.argument(required ? `<${kebab(name)}>` : `[${kebab(name)}]`);
  }
  const filled = new Set(
    command.file === undefined ? [] : [command.file.field, ...Object.keys(command.file.base64 ?? {})],
  );
  if (command.file !== undefined) {
    const option = new Option('--file <path>', 'the file to send; - is standard input');
    const { field: filledBy } = command.file;
    leaf.addOption(
      command.fields.find((f) => f.name === filledBy)?.required === true ? option.makeOptionMandatory() : option,
    );
  }
  for (const field of command.fields.filter((f) => !command.positional.includes(f.name) && !filled.has(f.name))) {
    const flag = `--${kebab(field.name)}`;
    const option = new Option(
      field.type === 'boolean' ? `${flag} [boolean]` : `${flag} <${field.type}>`,
      field.description,
    );
    if (field.choices !== undefined && field.type === 'string') option.choices(field.choices);
    if (field.required) option.makeOptionMandatory();
    leaf.addOption(option);
  }
  leaf
    .option('--json [fields]', 'print JSON, whole or only these comma-separated fields')
    .option('-q, --quiet', 'print ids only');
  leaf.action(async (...args: unknown[]) => {
    const options = leaf.opts<Record<string, string | boolean | undefined>>();
    const values: Record<string, unknown> = {};
    command.positional.forEach((name, i) => {
      if (args[i] !== undefined) values[name] = args[i];
    });
    for (const field of command.fields) {
      const given = options[field.name];
      if (given !== undefined && !filled.has(field.name))
        values[field.name] = given === true ? true : parseValue(field, String(given));
    }
    const { file } = options;
    if (command.file !== undefined && file !== undefined) Object.assign(values, readFile(command.file, String(file)));
    const answer = await send(command, values);
    const json = options['json'];
    printAnswer(answer, {
      json: json === undefined ? false : typeof json === 'string' ? json.split(',') : true,
      quiet: options['quiet'] === true,
      columns: command.columns,
    });
    if (command.fails !== undefined) sayNo(command.fails, answer);
  });
}

/** Some calls go through and their answer is still no success: a script has to see it. */
function sayNo(fails: CommandFailure, answer: unknown): void {
  const fields = new Map(typeof answer === 'object' && answer !== null ? Object.entries(answer) : []);
  const said = fields.get(fails.field);
  const exit = typeof said === 'string' || typeof said === 'boolean' ? fails.values[String(said)] : undefined;
  if (exit === undefined) return;
  for (const list of fails.because.map((name) => fields.get(name))) {
    if (typeof list === 'string') process.stderr.write(`reeve: ${inert(list)}\n`);
    if (!Array.isArray(list)) continue;
    for (const reason of list.slice(0, 10) as { detail?: unknown }[])
      process.stderr.write(`reeve: ${inert(String(reason.detail))}\n`);
  }
  process.exitCode = EXIT[exit];
}

async function send(command: ContractCommand, values: Readonly<Record<string, unknown>>): Promise<unknown> {
  let path = command.path;
  const query = new URLSearchParams();
  const body: Record<string, unknown> = {};
  for (const field of command.fields) {
    const value = values[field.name];
    if (value === undefined) continue;
    if (field.in === 'path') path = path.replace(`{${field.name}}`, encodeURIComponent(String(value)));
    else if (field.in === 'query') query.set(field.name, Array.isArray(value) ? value.join(',') : String(value));
    else body[field.name] = value;
  }
  const url = query.size === 0 ? path : `${path}?${query.toString()}`;
  const waitMs = command.file === undefined ? undefined : LONGEST_UPLOAD_MS;
  const to = connection();
  return await withFreshProof(to, () =>
    call(to, command.method, url, command.method === 'GET' ? undefined : body, waitMs),
  );
}

/** A large file takes a while to be read through. */
const LONGEST_UPLOAD_MS = 600_000;

/** The fields a file fills: its bytes as they are where the operation takes base64, else its text. */
function readFile(file: NonNullable<ContractCommand['file']>, path: string): Record<string, unknown> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path === '-' ? 0 : path);
  } catch {
    throw invalid('/file', `${path} cannot be read`, 'name a file, or - for standard input');
  }
  return file.base64 === undefined
    ? { [file.field]: bytes.toString('utf8') }
    : { [file.field]: bytes.toString('base64'), ...file.base64 };
}

/** Builds the whole command line: what the contract describes plus the commands that work on this machine. */
export function buildProgram(contract: Parameters<typeof contractCommands>[0]): Command {
  const program = new Command('reeve')
    .description('identity security: who has what, may they, what happened')
    .showHelpAfterError('(reeve --help lists the commands)')
    .showSuggestionAfterError(true)
    .enablePositionalOptions()
    .exitOverride();
  for (const command of contractCommands(contract)) addCommand(program, command);
  for (const add of ownCommands) add(program);
  return program;
}

const readContract = (): Parameters<typeof contractCommands>[0] => {
  const here = import.meta.dirname;
  for (const path of [`${here}/openapi.json`, `${here}/../../../contract/openapi.json`]) {
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as Parameters<typeof contractCommands>[0];
    } catch {
      continue;
    }
  }
  throw new AppError({
    code: 'cli.no_contract',
    status: 500,
    detail: 'the contract is missing from this installation',
  });
};

/** Runs one command line and returns its exit code. One line on stderr tells what went wrong and what to do. */
export async function runCli(argv: readonly string[]): Promise<number> {
  try {
    await buildProgram(readContract()).parseAsync([...argv], { from: 'user' });
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof AppError) {
      const fields =
        error.errors.length > 1 ? ` [${error.errors.map((e) => `${e.pointer.slice(1)}: ${e.detail}`).join('; ')}]` : '';
      process.stderr.write(
        `reeve: ${inert(error.message + fields)}${error.fix === undefined ? '' : `. ${inert(error.fix)}`} (${error.code})\n`,
      );
    } else {
      process.stderr.write(`reeve: ${inert(error instanceof Error ? error.message : String(error))}\n`);
    }
    return exitCodeOf(error);
  }
}
