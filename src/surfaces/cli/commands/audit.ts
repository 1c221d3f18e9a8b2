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

/** `reeve audit export` copies the log into a file; `reeve audit verify` checks such a file with nothing but it and the public key. */
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
    .argument('<file>', 'a copy made by reeve audit export')
    .requiredOption('--key <key>', 'the public key, as reeve audit key printed it when you trusted it')
    .option('--witness <file...>', 'checkpoints kept elsewhere; without one a cut-off tail cannot be seen')
    .description('check a copy of the audit log offline, and name the first wrong entry')
    .action(async (path: string, options: { key: string; witness?: string[] }) => {
      const witnesses = (options.witness ?? []).map((file) => readFileSync(file, 'utf8'));
      const { verifyExport } = await import('#spine/audit/index.ts');
      const result = await verifyExport(createReadStream(path), options.key, { witnesses });
      if (!result.ok) {
        const at = result.first;
        throw new AppError({
          code: 'integrity.audit_log',
          status: 500,
          detail:
            at === undefined
              ? 'the log does not verify'
              : `${at.kind}: entry ${at.seq ?? '-'} ${at.id ?? ''}: ${at.detail}`,
          fix: 'keep this file; compare with another copy or a restored backup from before',
        });
      }
      process.stdout.write(`ok: ${result.size} entries under ${result.checkpoints} checkpoints, root ${result.root}\n`);
    });
}
