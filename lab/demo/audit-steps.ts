import { Readable } from 'node:stream';
import { verifyExport } from '#spine/audit/index.ts';
import { until, type Actor } from './cast.ts';

/** Shows the newest entries of the log. */
export async function readAudit(as: Actor, say: (line: string) => void): Promise<void> {
  const page = await as.get<{ items: { seq: number | null; type: string; at: string }[] }>('/v1/audit/events?limit=5');
  for (const event of page.items) say(`${String(event.seq ?? '').padStart(6)} ${event.at} ${event.type}`);
}

/** The whole log as an auditor takes it away: lines of a file. */
export async function exportLog(as: Pick<Actor, 'get'>): Promise<string[]> {
  const lines: string[] = [];
  let from: number | null = 0;
  let begins = true;
  while (from !== null) {
    const page: { lines: string[]; next: number | null } = await as.get(
      `/v1/audit/export?from=${from}&begins=${begins}`,
    );
    lines.push(...page.lines);
    from = page.next;
    begins = false;
  }
  return lines;
}

/** Takes a copy of the log and checks it with nothing but that copy and the public key. */
export async function verifyCopy(as: Actor, say: (line: string) => void): Promise<void> {
  const key = await until(
    () => as.get<{ publicKey: string; size: number }>('/v1/audit/key'),
    (k) => k.size > 0,
    'a checkpoint',
  );
  const lines = await exportLog(as);
  const result = await verifyExport(Readable.from(lines.map((line) => `${line}\n`)), key.publicKey);
  if (!result.ok) throw new Error(`the log does not verify: ${result.first?.detail}`);
  say(`ok: ${result.size} entries under ${result.checkpoints} signed checkpoints`);
  const text = lines.join('\n').replace('"type":"grant.ended"', '"type":"grant.extended"');
  const forged = await verifyExport(Readable.from(text.split('\n').map((line) => `${line}\n`)), key.publicKey);
  if (forged.ok) throw new Error('a forged copy verified');
  say(
    `and with one word changed in the copy: ${forged.first?.kind}, entry ${forged.first?.seq}: ${forged.first?.detail}`,
  );
}
