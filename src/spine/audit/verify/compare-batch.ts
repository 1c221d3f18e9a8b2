import type { Finding } from './finding.ts';

/** An entry as it was read, with the hash found for it. */
export interface SeenEntry {
  readonly id: string | undefined;
  /** The number it claims; undefined where the source does not say. */
  readonly seq: number | undefined;
  /** Undefined where there is no entry behind the number. */
  readonly hash: Buffer | undefined;
  readonly at: Date | undefined;
}

/** Stands for the hash of an entry that is not in the log's format; it equals no hash. */
export const NO_HASH: Buffer = Buffer.alloc(0);

/**
 * Holds the entries of one batch against the leaf hashes that were signed for it, and names the first that is
 * wrong: by looking where each hash ought to be, it tells an altered entry from one removed, added or moved.
 */
export function compareBatch(base: number, seen: readonly SeenEntry[], signed: readonly Buffer[]): Finding | undefined {
  const place = seen.findIndex((entry, i) => signed[i] === undefined || entry.hash?.equals(signed[i]) !== true);
  const i = place === -1 && seen.length < signed.length ? seen.length : place;
  if (i === -1) return misnumbered(base, seen);
  const entry = seen[i];
  const due = signed[i];
  const seq = base + i;
  const id = entry?.id;
  if (entry === undefined) {
    const last = base + signed.length - 1;
    const detail = seq === last ? `entry ${seq} is missing` : `entries ${seq} to ${last} are missing`;
    return { kind: 'removed', seq, id: undefined, detail };
  }
  const { hash } = entry;
  if (hash === undefined) return { kind: 'removed', seq, id, detail: `entry ${seq} (${id ?? 'unknown'}) is missing` };
  const belongsLater = signed.slice(i + 1).some((leaf) => leaf.equals(hash));
  const dueComesLater = due !== undefined && seen.slice(i + 1).some((later) => later.hash?.equals(due) === true);
  if (belongsLater && dueComesLater)
    return {
      kind: 'reordered',
      seq,
      id,
      detail: `entry ${id ?? ''} stands at ${seq}, where another was signed: entries changed places`,
    };
  if (belongsLater) return { kind: 'removed', seq, id: undefined, detail: `entry ${seq} is missing` };
  if (dueComesLater || due === undefined)
    return { kind: 'inserted', seq, id, detail: `entry ${id ?? ''} at ${seq} was never signed: it was inserted` };
  return {
    kind: 'altered',
    seq,
    id,
    detail: `entry ${seq} (${id ?? 'unknown'}) is not what was signed: it was altered`,
  };
}

function misnumbered(base: number, seen: readonly SeenEntry[]): Finding | undefined {
  const i = seen.findIndex((entry, place) => entry.seq !== undefined && entry.seq !== base + place);
  const entry = seen[i];
  if (entry === undefined) return undefined;
  return {
    kind: 'reordered',
    seq: base + i,
    id: entry.id,
    detail: `entry ${base + i} (${entry.id ?? ''}) is numbered ${entry.seq ?? ''}`,
  };
}
