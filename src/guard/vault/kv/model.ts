/** A secret by its path, as a program reads and writes it. */
export interface KvSecret {
  readonly id: string;
  readonly name: string;
  readonly kind: 'key_value';
  readonly purpose: 'free';
  readonly accountId: null;
  readonly systemId: null;
  readonly folderId: string;
  readonly currentVersion: number;
  readonly maxVersions: number;
  readonly casRequired: boolean;
  readonly deleteAfterSeconds: number | null;
  /** What its users noted about it; no secret. */
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/** What is told of one version. */
export interface KvVersion {
  readonly version: number;
  readonly createdAt: Date;
  /** Set where it was deleted, or will be then. */
  readonly deletedAt: Date | null;
  readonly destroyed: boolean;
}

/** A secret is a JSON object of names and values. */
export type KvData = Readonly<Record<string, unknown>>;

/** How a secret is kept; what is absent stays. */
export interface KvSettings {
  readonly maxVersions?: number | undefined;
  readonly casRequired?: boolean | undefined;
  /** Null: versions are not deleted by themselves. */
  readonly deleteAfterSeconds?: number | null | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** Bytes of JSON one value may have. */
export const LARGEST_VALUE = 512 * 1024;
