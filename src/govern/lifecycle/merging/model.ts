import type { AppError } from '#kit/errors/index.ts';
import type { CarriedException } from '#spine/decide/index.ts';
import type { FactName, GrantOrigin, Identity, IdentityFacts, IdentityState } from '#spine/graph/index.ts';
import type { Said } from '../precedence/merge-records.ts';

/** Something of an identity, with a name people know it by. */
export interface Piece {
  readonly id: string;
  readonly name: string;
}

/** A row of a source about an identity. */
export interface RecordPiece {
  readonly sourceId: string;
  readonly source: string;
  /** `hr_csv` or a directory that pushes. */
  readonly kind: string;
  readonly externalId: string;
  readonly present: boolean;
  /** A second row of its source, which is not read. */
  readonly aside: boolean;
  readonly said: Said;
}

/** A grant that has not ended, planned ones too. */
export interface GrantPiece extends Piece {
  readonly entitlementId: string | null;
  readonly roleId: string | null;
  readonly validFrom: Date;
  readonly validTo: Date | null;
  readonly origin: GrantOrigin;
  readonly originId: string | null;
  readonly reason: string | null;
  /** What it gives is there no more. */
  readonly gone: boolean;
}

/** Whatever another thing in Reeve says an identity answers for. */
export interface Charges {
  /** People whose manager it is. */
  readonly reports: readonly Piece[];
  /** Services and vendors it answers for. */
  readonly owned: readonly Piece[];
  readonly entitlements: readonly Piece[];
  readonly roles: readonly Piece[];
  readonly systems: readonly Piece[];
}

/** All that hangs on an identity now. */
export interface Pieces {
  readonly identity: Identity;
  readonly accounts: readonly Piece[];
  readonly records: readonly RecordPiece[];
  readonly grants: readonly GrantPiece[];
  readonly charges: Charges;
}

/** What becomes of a grant of the duplicate. */
export interface GrantMove {
  readonly grant: GrantPiece;
  /** `moves`: an equal one starts for the survivor. `same`: the survivor has as much. `ends`: it gives nothing any more, or
   * a person took the same away from the survivor. */
  readonly what: 'moves' | 'same' | 'ends';
  /** The survivor's grant that gives as much. */
  readonly same: string | null;
}

/** What becomes of a record: whose it is, and whether it is read. */
export interface RecordMove {
  readonly record: RecordPiece;
  readonly of: 'duplicate' | 'survivor';
  readonly what: 'moves' | 'put_aside';
}

/** A fact of the survivor that changes. */
export interface FactMove {
  readonly fact: FactName;
  readonly before: unknown;
  readonly after: unknown;
}

/** All that a merge does, before it does it. */
export interface MergePlan {
  readonly duplicate: Pieces;
  readonly survivor: Pieces;
  /** Why it is not done; empty where it may be. */
  readonly refusals: readonly AppError[];
  /** Conflicts of duties it makes, of rules that only warn or record. */
  readonly warnings: readonly string[];
  readonly facts: readonly FactMove[];
  readonly change: Partial<IdentityFacts>;
  readonly accounts: readonly Piece[];
  readonly records: readonly RecordMove[];
  readonly grants: readonly GrantMove[];
}

/** What a merge remembers, so that it can be undone. Ids only: what they name is in the graph. */
export interface Moved {
  readonly state: IdentityState;
  readonly survivorState: IdentityState;
  readonly facts: readonly FactName[];
  readonly accounts: readonly string[];
  readonly records: readonly { readonly sourceId: string; readonly externalId: string }[];
  readonly grants: readonly {
    readonly from: string;
    readonly to: string | null;
    readonly same: string | null;
    readonly validTo: string | null;
  }[];
  readonly charges: Readonly<Record<keyof Charges, readonly string[]>>;
  readonly exceptions: readonly CarriedException[];
}

/** A merge, as it is kept. */
export interface Merge {
  readonly id: string;
  readonly duplicateId: string;
  readonly survivorId: string;
  readonly mergedAt: Date;
  readonly moved: Moved;
}
