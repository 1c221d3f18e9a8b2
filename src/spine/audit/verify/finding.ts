/** What is wrong with a log, in the order a reader meets it. */
export interface Finding {
  /**
   * altered: the entry is not what was signed · removed: a signed entry is gone · inserted: an entry nobody signed ·
   * reordered: entries changed places · back_dated, post_dated: its time does not fit when it was signed ·
   * checkpoint: a checkpoint is missing, foreign or changed · replaced: the tree is another one from here on ·
   * truncated: the log ends before what was witnessed · uncovered:
   * entries at the end that no checkpoint signs · unreadable: not in the log's format.
   */
  readonly kind:
    | 'altered'
    | 'removed'
    | 'inserted'
    | 'reordered'
    | 'back_dated'
    | 'post_dated'
    | 'checkpoint'
    | 'replaced'
    | 'truncated'
    | 'uncovered'
    | 'unreadable';
  /** Number of the first entry concerned; undefined for a row that never had one. */
  readonly seq: number | undefined;
  /** Id of that entry, where it is known. */
  readonly id: string | undefined;
  /** A sentence for a person. */
  readonly detail: string;
}

/** What a verifier found out. */
export interface Verification {
  readonly ok: boolean;
  /** Entries under the last good checkpoint. */
  readonly size: number;
  /** Root of the tree over them, base64. */
  readonly root: string;
  readonly checkpoints: number;
  /** The first wrong entry; undefined when all is well. */
  readonly first: Finding | undefined;
  /** In order, at most a hundred. */
  readonly findings: readonly Finding[];
}
