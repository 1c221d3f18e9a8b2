import { createReadStream, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Command } from 'commander';
import { AppError } from '#kit/errors/index.ts';
import { call, connection } from '../call.ts';

interface ExportPage {
  readonly lines: readonly string[];
  readonly next: number | null;
  readonly size: number;
}

/**
 * `reeve audit export` copies the log into a file; `reeve audit verify` checks such a file with nothing but it and the
 * public key, or asks a running Reeve about the log where it lies.
 */
export function addAudit(program: Command): void {
  const audit =
    program.commands.find((c) => c.name() === 'audit') ?? program.command('audit').description('the audit log');
  audit
    .command('export')
    .argument('<file>', 'where the copy is written')
    .description('copy the audit log into a file that can be verified offline')
    .action(async (path: string) => {
      const to = connection();
      const file = await open(path, 'wx', 0o600);
      try {
        let from: number | null = 0;
        let begins = true;
        while (from !== null) {
          const page = (await call(to, 'GET', `/v1/audit/export?from=${from}&begins=${begins}`)) as ExportPage;
          if (page.lines.length > 0) await file.write(`${page.lines.join('\n')}\n`);
          from = page.next;
          begins = false;
        }
      } finally {
        await file.close();
      }
      process.stderr.write(
        `Wrote ${path}. Check it anywhere: reeve audit verify ${path} --key KEY (reeve audit key prints the key)\n`,
      );
    });
  audit
    .command('verify')
    .argument('[file]', 'a copy made by reeve audit export; without one Reeve verifies the log where it lies')
    .option('--key <key>', 'the public key, as reeve audit key printed it when you trusted it; a copy needs it')
    .option('--witness <file...>', 'checkpoints kept elsewhere; without one a cut-off tail cannot be seen')
    .description('verify the audit log, or a copy of it offline, and name the first wrong entry')
    .action(async (path: string | undefined, options: { key?: string; witness?: string[] }) => {
      const witnesses = (options.witness ?? []).map((file) => readFileSync(file, 'utf8'));
      const found =
        path === undefined
          ? await askServer(options.key, witnesses)
          : await readCopy(path, requireKey(options.key), witnesses);
      if (!found.ok) throw notVerified(found.findings);
      process.stdout.write(`ok: ${found.size} entries under ${found.checkpoints} checkpoints, root ${found.root}\n`);
      if (found.pending > 0) process.stderr.write(`${found.pending} newer events wait for their number\n`);
      if (!found.witnessed)
        process.stderr.write(
          'no checkpoint from outside was there to hold it against: a cut-off tail cannot be seen\n',
        );
    });
}

interface Verified {
  readonly ok: boolean;
  readonly size: number;
  readonly checkpoints: number;
  readonly root: string;
  readonly pending: number;
  readonly witnessed: boolean;
  readonly findings: readonly {
    readonly kind: string;
    readonly seq?: number | null | undefined;
    readonly id?: string | null | undefined;
    readonly detail: string;
  }[];
}

/** A large log is read through for a while. */
const LONGEST_MS = 3_600_000;

async function askServer(key: string | undefined, witnesses: readonly string[]): Promise<Verified> {
  const body = { witnesses: [...witnesses] };
  const found = (await call(connection(), 'POST', '/v1/audit/verify', body, LONGEST_MS)) as Verified & {
    readonly publicKey: string;
  };
  if (key === undefined || key === found.publicKey) return found;
  throw new AppError({
    code: 'integrity.audit_key',
    status: 500,
    detail: `this Reeve signs its log with ${found.publicKey}, not with the key you trust`,
    fix: 'somebody may have replaced the whole log: compare with a copy and a checkpoint from before',
  });
}

async function readCopy(path: string, key: string, witnesses: readonly string[]): Promise<Verified> {
  const { verifyExport } = await import('#spine/audit/index.ts');
  const found = await verifyExport(createReadStream(path), key, { witnesses });
  return { ...found, pending: 0, witnessed: witnesses.length > 0 };
}

function requireKey(key: string | undefined): string {
  if (key !== undefined) return key;
  throw new AppError({
    code: 'usage.key_missing',
    status: 422,
    detail: 'a copy is verified with the public key you trust',
    fix: 'add --key KEY, as reeve audit key printed it when you trusted it',
  });
}

function notVerified(findings: Verified['findings']): AppError {
  const [first, ...more] = findings.map(
    (f) => `${f.kind}: entry ${f.seq ?? '-'}${f.id == null ? '' : ` ${f.id}`}: ${f.detail}`,
  );
  const others = more.length === 0 ? '' : `; and ${more.length} more, the next: ${more[0] ?? ''}`;
  return new AppError({
    code: 'integrity.audit_log',
    status: 500,
    detail: `${first ?? 'the log does not verify'}${others}`,
    fix: 'change nothing; compare with another copy, or a restored backup from before',
  });
}
