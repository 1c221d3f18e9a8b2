import { openRings, type KeyRing, type Rings, type RootKeyPlaces } from '#kit/key-ring/index.ts';
import type { Db } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { verifyRecordings } from '#guard/sessions/index.ts';
import { openRecordings, storeInFolder } from '#guard/sessions/recording/index.ts';
import { verifySecrets } from '#guard/vault/index.ts';
import { logSigner, verifyDatabase } from '#spine/audit/index.ts';

/** What a restored Reeve proved of itself. */
export interface Proof {
  readonly secrets: number;
  readonly opened: number;
  readonly logSize: number;
  /** Recordings of sessions that ended, and those of them that are whole; null where they are in no backup. */
  readonly recordings: number | null;
  readonly wholeRecordings: number | null;
  readonly problems: readonly string[];
}

/**
 * Lets a restored database prove itself: the root keys open it, the audit log verifies whole, down to the stamp of each
 * row, every secret is the one the log made current and opens, and every recording is whole and ends as the log says, the
 * newest of them opened to its end. Changes nothing that is in it.
 */
export async function proveRestored(
  db: Db,
  parts: {
    readonly places: RootKeyPlaces;
    readonly shares: readonly string[];
    readonly logSize: number;
    /** Where the recordings were put; absent: there are none in the backup. */
    readonly recordingsDir?: string | undefined;
  },
): Promise<Proof> {
  const problems: string[] = [];
  const nothing = { secrets: 0, opened: 0, logSize: 0, recordings: null, wholeRecordings: null };
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
    const { recordingsDir } = parts;
    if (recordingsDir === undefined) return { ...nothing, secrets, opened, logSize: log.size, problems };
    const recordings = openRecordings({ store: await storeInFolder(recordingsDir), keys, waitSeconds: 0 });
    const checked = await verifyRecordings(db, { keys, recordings });
    problems.push(...checked.problems);
    if (checked.whole > 0 && !checked.played) problems.push('no recording could be played');
    return {
      secrets,
      opened,
      logSize: log.size,
      recordings: checked.recordings,
      wholeRecordings: checked.whole,
      problems,
    };
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
