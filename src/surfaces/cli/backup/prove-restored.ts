import { openRings, type KeyRing, type Rings, type RootKeyPlaces } from '#kit/key-ring/index.ts';
import type { Db } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { verifySecrets } from '#guard/vault/index.ts';
import { logSigner, verifyDatabase } from '#spine/audit/index.ts';

/** What a restored Reeve proved of itself. */
export interface Proof {
  readonly secrets: number;
  readonly opened: number;
  readonly logSize: number;
  readonly problems: readonly string[];
}

/**
 * Lets a restored database prove itself: the root keys open it, the audit log verifies whole, down to the stamp of each
 * row, and every secret is the one the log made current and opens. Changes nothing that is in it.
 */
export async function proveRestored(
  db: Db,
  parts: { readonly places: RootKeyPlaces; readonly shares: readonly string[]; readonly logSize: number },
): Promise<Proof> {
  const problems: string[] = [];
  const nothing = { secrets: 0, opened: 0, logSize: 0 };
  let rings: Rings | undefined;
  try {
    rings = await openRings({ db, log: silentLog, places: parts.places, node: 'drill' });
    const { vault, keys } = rings;
    await bringShares(vault, parts.shares);
    const log = await verifyDatabase(db, logSigner(keys), { stamps: keys });
    problems.push(...log.findings.map((found) => `the audit log, entry ${found.seq ?? '-'}: ${found.detail}`));
    if (log.size < parts.logSize)
      problems.push(`the audit log has ${log.size} entries, the backup was taken with ${parts.logSize}`);
    if (vault.state !== 'open') {
      problems.push(`no secret was opened: the vault is ${vault.state} (${vault.because ?? 'unknown'})`);
      return { ...nothing, logSize: log.size, problems };
    }
    const { secrets, opened, wrong } = await db.tx((tx) => verifySecrets(tx, keys), { statementTimeoutMs: 3_600_000 });
    problems.push(...wrong.map((one) => `${one.name}: ${one.problem}`));
    return { secrets, opened, logSize: log.size, problems };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...nothing, problems: [...problems, error.message] };
  } finally {
    rings?.vault.close('sealed', 'the drill is over');
    rings?.records.close('unreachable', 'the drill is over');
  }
}

async function bringShares(vault: KeyRing, shares: readonly string[]): Promise<void> {
  if (vault.state !== 'waiting' || vault.root === undefined) return;
  for (const share of shares) {
    const { key } = await vault.shares.enter(vault.root, share);
    if (key !== undefined) return await vault.openWith(key);
  }
}
