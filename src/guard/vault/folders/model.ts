/** Where secrets lie that a program reads or writes by path. */
export interface SecretFolder {
  readonly id: string;
  /** What lies below `team/app` is called `team/app/…`. The longest path that fits is a secret's folder. */
  readonly path: string;
  readonly description: string;
  readonly ownerId: string;
  /** Holding this one reads values; it is an entitlement of Reeve like any other. */
  readonly readEntitlementId: string;
  /** Holding this one writes, deletes and reads. */
  readonly writeEntitlementId: string;
  readonly createdAt: Date;
}

/** The kind of the entitlements of folders; whoever decides knows them by their native ids (`folders` of a principal). */
export const FOLDER_KIND = 'secret_folder';
export const readingOf = (path: string): string => `read:${path}`;
export const writingOf = (path: string): string => `write:${path}`;

/** A path of the vault: parts with slashes between them. */
export const PATH = /^[a-z0-9._@-]+(\/[A-Za-z0-9._@$ -]+)*$/;

/** The folders that could hold a name, from the nearest up: `a/b`, then `a`, for `a/b/c`. */
export function pathsAbove(name: string): string[] {
  const parts = name.split('/');
  return parts.slice(1).map((_, i) => parts.slice(0, parts.length - 1 - i).join('/'));
}
