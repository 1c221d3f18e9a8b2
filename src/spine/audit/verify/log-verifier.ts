import { equalBytes } from '#kit/crypto/index.ts';
import { MAX_BATCH, openCheckpoint, type Checkpoint } from '../checkpoint/checkpoint.ts';
import type { LogKey } from '../checkpoint/log-key.ts';
import { Frontier, type NodeRef } from '../tree/frontier.ts';
import { compareBatch, type SeenEntry } from './compare-batch.ts';
import type { Finding, Verification } from './finding.ts';

/** More entries without a checkpoint than any batch has: memory stays bounded whatever the file holds. */
const MOST_PENDING = MAX_BATCH * 8;
const MOST_FINDINGS = 100;
/** How far an entry's own time may lie from the checkpoints around it: a transaction takes its time when it begins. */
const SLACK_MS = 60 * 60_000;

export interface VerifierOptions {
  /** Checkpoints kept elsewhere; the log must contain each of them. */
  readonly witnesses?: readonly Checkpoint[];
  /** Default one hour. */
  readonly slackMs?: number;
  readonly onNode?: (ref: NodeRef, hash: Buffer) => void;
}

/**
 * Checks a log that is read to it in order: entries, and after each batch its checkpoint. Needs the public key and
 * nothing else; keeps one batch in memory. Where a batch differs from what was signed it names the entry and goes
 * on, since the signed leaf hashes tell how the tree continues.
 */
export class LogVerifier {
  readonly #key: LogKey;
  readonly #slackMs: number;
  readonly #onNode: ((ref: NodeRef, hash: Buffer) => void) | undefined;
  readonly #witnesses: Checkpoint[];
  readonly #findings: Finding[] = [];
  #tree = new Frontier();
  #pending: SeenEntry[] = [];
  /** Newest leaf hashes, to compare with the batch a witness signed. */
  #tail: Buffer[] = [];
  #checkpoints = 0;
  #lastAt: Date | undefined;
  /** The tree holds leaves that no good checkpoint covers yet. */
  #unproven = false;
  #over = false;

  constructor(key: LogKey, options: VerifierOptions = {}) {
    this.#key = key;
    this.#slackMs = options.slackMs ?? SLACK_MS;
    this.#onNode = options.onNode;
    this.#witnesses = (options.witnesses ?? []).toSorted((a, b) => a.size - b.size);
  }

  /** Nothing after this point can be checked any more. */
  get over(): boolean {
    return this.#over;
  }
  get size(): number {
    return this.#tree.size;
  }

  /** The right edge of the tree so far, widest first. */
  get edge(): readonly Buffer[] {
    return this.#tree.edge;
  }

  /** Begins in the middle: at a checkpoint whose right edge is given. */
  startAt(at: { readonly note: string; readonly size: number }, edge: readonly Buffer[]): void {
    const opened = openCheckpoint(this.#key, at.note);
    if ('refused' in opened)
      return this.#end('checkpoint', 0, undefined, `the checkpoint this copy starts at is not good: ${opened.refused}`);
    const start = edgeTree(opened.size, edge);
    if (start === undefined || opened.size !== at.size || !equalBytes(start.root(), opened.root)) {
      return this.#end(
        'checkpoint',
        opened.size,
        undefined,
        'the tree this copy starts from is not the one its first checkpoint signed',
      );
    }
    this.#tree = start;
    this.#lastAt = opened.at;
    // What came before is vouched for by the checkpoint, and can be held against a witness of that very size only.
    this.#meetWitnesses();
    while (this.#witnesses[0] !== undefined && this.#witnesses[0].size < start.size) this.#witnesses.shift();
  }

  entry(seen: SeenEntry): void {
    if (this.#over) return;
    if (this.#pending.length >= MOST_PENDING) {
      this.#end('checkpoint', this.#tree.size, undefined, `${MOST_PENDING} entries in a row carry no checkpoint`);
      return;
    }
    this.#pending.push(seen);
  }

  checkpoint(note: string): void {
    if (this.#over) return;
    const base = this.#tree.size;
    const opened = openCheckpoint(this.#key, note);
    if ('refused' in opened) {
      this.#found({
        kind: 'checkpoint',
        seq: base,
        id: this.#pending[0]?.id,
        detail: `the checkpoint after entry ${base + this.#pending.length - 1} is not good: ${opened.refused}`,
      });
      this.#takeUnproven(this.#pending.length);
      return;
    }
    const start = opened.size - opened.leaves.length;
    if (start < base) {
      this.#found({
        kind: 'checkpoint',
        seq: base,
        id: undefined,
        detail: `a checkpoint of ${opened.size} entries stands where ${base} are signed already`,
      });
      return;
    }
    if (start > base) {
      const have = Math.min(this.#pending.length, start - base);
      this.#found(
        have < start - base || this.#pending.length < opened.size - base
          ? {
              kind: 'removed',
              seq: base,
              id: undefined,
              detail: `entries ${base} to ${start - 1} are not all there, and no checkpoint tells which: at least one batch was removed`,
            }
          : {
              kind: 'checkpoint',
              seq: base,
              id: this.#pending[0]?.id,
              detail: `the checkpoint of entries ${base} to ${start - 1} is missing`,
            },
      );
      if (have < start - base) return this.#lose(opened);
      this.#takeUnproven(have);
    }
    this.#takeSigned(opened);
  }

  /** Ends the log; `more` are findings from elsewhere (rows without a number, for instance). */
  finish(more: readonly Finding[] = []): Verification {
    const base = this.#tree.size;
    if (!this.#over && this.#pending.length > 0) {
      this.#found({
        kind: 'uncovered',
        seq: base,
        id: this.#pending[0]?.id,
        detail: `${this.#pending.length} entries from ${base} on are under no checkpoint: the copy was cut short, they were added, or the checkpoint was removed`,
      });
    }
    const missed = this.#over ? undefined : this.#witnesses.at(-1);
    if (missed !== undefined) {
      this.#found({
        kind: 'truncated',
        seq: base,
        id: undefined,
        detail: `the log ends after ${base} entries, but a checkpoint of ${missed.size} entries, signed ${missed.at.toISOString()}, was witnessed: entries ${base} to ${missed.size - 1} are missing`,
      });
    }
    for (const finding of more) this.#found(finding);
    return {
      ok: this.#findings.length === 0,
      size: base,
      root: this.#tree.root().toString('base64'),
      checkpoints: this.#checkpoints,
      first: this.#findings[0],
      findings: this.#findings,
    };
  }

  report(finding: Finding): void {
    this.#found(finding);
  }

  #takeSigned(signed: Checkpoint): void {
    const base = this.#tree.size;
    const seen = this.#pending;
    this.#pending = [];
    const finding = compareBatch(base, seen, signed.leaves);
    if (finding !== undefined) this.#found(finding);
    else this.#checkTimes(base, seen, signed.at);
    for (const leaf of signed.leaves) this.#append(leaf);
    this.#lastAt = signed.at;
    this.#checkpoints += 1;
    if (equalBytes(this.#tree.root(), signed.root)) {
      this.#unproven = false;
      return;
    }
    if (this.#unproven) {
      this.#end(
        'altered',
        undefined,
        undefined,
        `entries before ${base} that no good checkpoint covers are not the ones this checkpoint's tree holds`,
      );
    } else {
      this.#end(
        'replaced',
        base,
        seen[0]?.id,
        `the tree before entry ${base} is not the one the checkpoint of ${signed.size} entries was signed over`,
      );
    }
  }

  /** Entries whose checkpoint is gone or bad: taken as they are, and proved or not by the next good root. */
  #takeUnproven(count: number): void {
    for (const seen of this.#pending.slice(0, count)) this.#append(seen.hash ?? Buffer.alloc(32));
    this.#pending = this.#pending.slice(count);
    this.#unproven = true;
  }

  /** A gap of unknown leaves: the tree cannot be followed any further. */
  #lose(at: Checkpoint): void {
    this.#over = true;
    this.#checkpoints += 1;
    this.#pending = [];
    this.#witnesses.length = 0;
    this.#lastAt = at.at;
  }

  #append(leaf: Buffer): void {
    this.#tree.append(leaf, this.#onNode);
    this.#tail.push(leaf);
    if (this.#tail.length > MAX_BATCH * 2) this.#tail = this.#tail.slice(-MAX_BATCH);
    this.#meetWitnesses();
  }

  #meetWitnesses(): void {
    while (this.#witnesses[0]?.size === this.#tree.size) {
      const witness = this.#witnesses.shift() as Checkpoint;
      if (equalBytes(witness.root, this.#tree.root())) continue;
      const from = witness.size - witness.leaves.length;
      const mine = this.#tail.slice(-witness.leaves.length);
      const differs = witness.leaves.findIndex((leaf, i) => mine[i] === undefined || !equalBytes(leaf, mine[i]));
      const where =
        differs > 0
          ? `entry ${from + differs} is the first that differs from the one witnessed`
          : differs === 0
            ? `entry ${from} or one before it is the first that differs`
            : `an entry before ${from} differs`;
      this.#found({
        kind: 'replaced',
        seq: differs >= 0 ? from + differs : Math.max(0, from - 1),
        id: undefined,
        detail: `at ${witness.size} entries this is not the log whose checkpoint was witnessed on ${witness.at.toISOString()}: ${where}`,
      });
    }
  }

  #checkTimes(base: number, seen: readonly SeenEntry[], signedAt: Date): void {
    const earliest = (this.#lastAt?.getTime() ?? Number.NEGATIVE_INFINITY) - this.#slackMs;
    const latest = signedAt.getTime() + this.#slackMs;
    seen.forEach((entry, i) => {
      const at = entry.at?.getTime();
      if (at === undefined) return;
      const said = `entry ${base + i} says ${entry.at?.toISOString() ?? ''}`;
      if (at < earliest) {
        this.#found({
          kind: 'back_dated',
          seq: base + i,
          id: entry.id,
          detail: `${said}, but was numbered after the checkpoint of ${this.#lastAt?.toISOString() ?? ''}`,
        });
      } else if (at > latest) {
        this.#found({
          kind: 'post_dated',
          seq: base + i,
          id: entry.id,
          detail: `${said}, but was signed already on ${signedAt.toISOString()}`,
        });
      }
    });
  }

  #found(finding: Finding): void {
    if (this.#findings.length < MOST_FINDINGS) this.#findings.push(finding);
  }

  #end(kind: Finding['kind'], seq: number | undefined, id: string | undefined, detail: string): void {
    this.#found({ kind, seq, id, detail });
    this.#over = true;
  }
}

function edgeTree(size: number, edge: readonly Buffer[]): Frontier | undefined {
  try {
    return new Frontier(size, edge);
  } catch {
    return undefined;
  }
}
