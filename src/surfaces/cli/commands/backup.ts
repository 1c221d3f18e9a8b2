import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { RootKeyPlaces } from '#kit/key-ring/index.ts';
import { AppError, invalid } from '#kit/errors/index.ts';
import type { Drilled } from '../backup/drill.ts';
import { call, connection } from '../call.ts';
import { withFreshProof } from '../prove-fresh.ts';

/**
 * `reeve backup FILE` writes the database and the recordings into a file, sealed as they are; `reeve restore FILE` puts one back into an empty
 * database, and with `--drill` into one made for it alone. Either way it proves itself. They work on this machine, with
 * the configuration of the server.
 */
export function addBackup(program: Command): void {
  program
    .command('backup')
    .argument('<file>', 'where the backup is written; it must not be there yet')
    .option('--without-recordings', 'leave the recordings of sessions out, where their folder is copied by itself')
    .description('write the whole database and the recordings into a file, as of one instant, while Reeve runs')
    .action(async (path: string, options: { withoutRecordings?: boolean }) => {
      const { loadConfig } = await import('#kit/config/index.ts');
      const { writeDump } = await import('#kit/db/dump/index.ts');
      const { withDatabase } = await import('../backup/open-database.ts');
      const { RECORDING_FILE } = await import('#guard/sessions/recording/index.ts');
      const { config } = loadConfig();
      const recordings = { folder: config.recordingsDir, takes: RECORDING_FILE };
      const elsewhere = config.recordingsS3 !== 'none';
      const beside = options.withoutRecordings === true || elsewhere ? undefined : recordings;
      const { tables, rows, head, files } = await withDatabase(config, (db) => writeDump(db, path, beside));
      process.stdout.write(
        `Wrote ${path}: ${rows} rows of ${tables} tables, audit log of ${head.logSize} entries, ${files ?? 'no'} files of recordings\n`,
      );
      const keys = head.rootKeys.map(({ ring, id, place }) => `${ring} ${id} (${place})`).join(', ');
      process.stderr.write(
        `It opens with these root keys, which are not in it: ${keys}. Keep them apart.${files === null ? (elsewhere ? ' The recordings are in their bucket: copy that too.' : ' Copy the recordings folder too.') : ''}\n`,
      );
    });
  program
    .command('restore')
    .argument('<file>', 'a backup that reeve backup wrote')
    .option('--drill', 'restore into a PostgreSQL made for it alone, prove it, and put the result on the record')
    .option('--into <url>', 'an empty database, as its superuser; the default is the one configured')
    .option('--shares <file>', 'shares of the root key, one a line; - is standard input')
    .description('put a backup back and let it prove itself')
    .action(async (path: string, options: { drill?: boolean; into?: string; shares?: string }) => {
      const done = await restore(path, options);
      if (options.drill === true) await putOnRecord(done);
      if (!done.ok) throw failed(done.problems);
      process.stdout.write(
        `ok: ${done.rows} rows of ${done.tables} tables, audit log of ${done.logSize} entries verified, ${done.opened} of ${done.secrets} secrets opened, ${done.recordings === null ? 'no recordings in it' : `${done.wholeRecordings ?? 0} of ${done.recordings} recordings whole`}\n`,
      );
    });
}

async function restore(
  path: string,
  options: { readonly drill?: boolean; readonly into?: string; readonly shares?: string },
): Promise<Drilled> {
  const { loadConfig } = await import('#kit/config/index.ts');
  const { drill, restoreEmbedded, restoreInto } = await import('../backup/drill.ts');
  const { config } = loadConfig();
  const places: RootKeyPlaces = {
    rootKeyFile: config.rootKeyFile,
    token:
      config.pkcs11Module === 'none'
        ? undefined
        : { module: config.pkcs11Module, token: config.pkcs11Token, pinFile: config.pkcs11PinFile },
    kms:
      config.awsKmsKey === 'none'
        ? undefined
        : {
            key: config.awsKmsKey,
            credentialsFile: config.awsKmsCredentialsFile,
            endpoint: config.awsKmsEndpoint === 'none' ? undefined : config.awsKmsEndpoint,
          },
  };
  const parts = { places, shares: sharesIn(options.shares), recordingsDir: config.recordingsDir };
  if (options.drill === true) return await drill(path, parts);
  const url = options.into ?? config.databaseUrl;
  if (url !== undefined) return await restoreInto(url, url, path, parts);
  return await restoreEmbedded(config.dataDir, path, parts);
}

function sharesIn(path: string | undefined): readonly string[] {
  if (path === undefined) return [];
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  } catch {
    throw invalid('/shares', `${path} cannot be read`, 'name a file with a share a line, or - for standard input');
  }
}

/** A drill nobody hears of did not happen: where it cannot be recorded, that is said. */
async function putOnRecord(done: Drilled): Promise<void> {
  const to = connection();
  await withFreshProof(to, () => call(to, 'POST', '/v1/vault/drills', { ...done })).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`The drill is not on the record (${why}). Sign in as an administrator and run it again.\n`);
  });
}

const failed = (problems: readonly string[]): AppError =>
  new AppError({
    code: 'integrity.restore',
    status: 500,
    detail: `what was restored does not prove itself: ${problems[0] ?? 'unknown'}${problems.length > 1 ? `; and ${problems.length - 1} more, the next: ${problems[1] ?? ''}` : ''}`,
    fix: 'keep this backup as evidence, and try an older one',
  });
