import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { invalid } from '#kit/errors/index.ts';
import { call, connection } from '../call.ts';
import { inert } from '../print.ts';
import { withFreshProof } from '../prove-fresh.ts';
import { typedUnseen } from '../typed-unseen.ts';

interface Imported {
  readonly dryRun: boolean;
  readonly lines: readonly {
    readonly at: string;
    readonly name: string | null;
    readonly outcome: 'made' | 'there' | 'wrong';
    readonly problem: string | null;
  }[];
  readonly next?: string | null;
}
interface Common {
  readonly below: string;
  readonly yes?: boolean;
}
/** Reading a large endpoint takes longer than other calls. */
const LONGEST_MS = 120_000;

/** `reeve vault import …`: shows what would come of it, and brings it in with `--yes`. */
export function addImports(program: Command): void {
  const vault =
    program.commands.find((c) => c.name() === 'vault') ?? program.command('vault').description('vault commands');
  const imports = vault.command('import').description('bring secrets in from where they were kept before');
  const command = (name: string, what: string, source: string): Command =>
    imports
      .command(name)
      .argument(source)
      .requiredOption('--below <path>', 'the path of the vault they come to lie below')
      .option('--yes', 'bring them in; without it only what would come of it is shown')
      .description(what);

  command('csv', 'bring secrets in from a CSV', '<file>')
    .requiredOption('--name <column>', 'the column with their names')
    .requiredOption('--value <column>', 'the column with their values')
    .option('--username <column>', 'the column with user names')
    .option('--description <column>', 'the column with descriptions')
    .option('--kind <column>', 'the column with their kinds')
    .option('--labels <columns>', 'columns that become labels, with commas between them')
    .action(async (file: string, options: Common & Readonly<Record<string, string | undefined>>) => {
      const { name, value, username, description, kind, labels } = options;
      const columns = { name, value, username, description, kind, labels: labels?.split(',') };
      await fromFile(file, options, { format: 'csv', columns });
    });
  command(
    'keepass',
    'bring secrets in from a KeePass file; its password is typed, or comes on standard input',
    '<file>',
  ).action(async (file: string, options: Common) => {
    const password = await typedUnseen('Password of the file: ', invalid('/password', 'was not given'));
    await fromFile(file, options, { format: 'keepass', password });
  });
  command('kv-file', 'bring secrets in from the JSON export of a KV store', '<file>').action(
    async (file: string, options: Common) => fromFile(file, options, { format: 'kv' }),
  );
  command(
    'kv',
    'bring secrets in from a KV endpoint (version 2); its token is typed, or comes on standard input',
    '<url>',
  )
    .option('--mount <path>', 'where its engine is mounted', 'secret')
    .option('--path <path>', 'only what lies below it')
    .option('--versions', 'also the versions before the current one, ten at most')
    .option('--authority <file>', 'PEM of the authority its certificate is of')
    .option('--after <path>', 'go on behind this path, where an import was broken off')
    .action(async (url: string, options: Common & FromEndpoint) => fromEndpoint(url, options));
}

interface FromEndpoint {
  readonly mount: string;
  readonly path?: string;
  readonly versions?: boolean;
  readonly authority?: string;
  readonly after?: string;
}

async function fromFile(file: string, options: Common, said: Readonly<Record<string, unknown>>): Promise<void> {
  const content = read(file, '/file').toString('base64');
  const dryRun = options.yes !== true;
  const to = connection();
  const answer = await withFreshProof(to, () =>
    call(to, 'POST', '/v1/vault/import', { ...said, content, below: options.below, dryRun }, LONGEST_MS),
  );
  show(answer as Imported);
  remind(dryRun);
}

async function fromEndpoint(url: string, options: Common & FromEndpoint): Promise<void> {
  const token = await typedUnseen('Token of the endpoint: ', invalid('/token', 'was not given'));
  const to = connection();
  const dryRun = options.yes !== true;
  const { mount, path, below, versions = false } = options;
  const authority = options.authority === undefined ? undefined : read(options.authority, '/authority').toString();
  let after = options.after;
  do {
    const body = { url, token, mount, path, below, versions, authority, after, dryRun };
    try {
      const part = (await withFreshProof(to, () =>
        call(to, 'POST', '/v1/vault/import/kv', body, LONGEST_MS),
      )) as Imported;
      show(part);
      after = part.next ?? undefined;
    } catch (error) {
      if (after !== undefined)
        process.stderr.write(`reeve: to go on where this broke off: --after '${inert(after)}'\n`);
      throw error;
    }
  } while (after !== undefined);
  remind(dryRun);
}

function show({ lines, dryRun }: Imported): void {
  const words = { made: dryRun ? 'would be made' : 'made', there: 'there already', wrong: 'left out' };
  for (const { at, name, outcome, problem } of lines)
    process.stdout.write(
      `${[words[outcome], name ?? at, outcome === 'made' ? '' : (problem ?? '')].filter(Boolean).map(inert).join('\t')}\n`,
    );
}

const remind = (dryRun: boolean): void => {
  if (dryRun) process.stderr.write('reeve: nothing is kept yet; do it with --yes\n');
};

function read(file: string, pointer: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw invalid(pointer, `${file} cannot be read`, 'name a file that is there');
  }
}
