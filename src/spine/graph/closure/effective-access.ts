import type { Tx } from '#kit/db/index.ts';
import type { Access, AsOf, Drift } from '../model.ts';

/** A window of time: everything reached at some instant from `at` to `through`, both included. */
export interface AccessWindow extends AsOf {
  /** Default: `at` itself. */
  readonly through?: Date | undefined;
}

/** Everything an identity reaches. */
export async function effectiveAccess(_tx: Tx, _identityId: string, _window: AccessWindow = {}): Promise<Access[]> {
  await Promise.resolve();
  throw new Error('not written yet');
}

export interface ReachQuestion extends AsOf {
  /** Exactly one of these. */
  readonly systemId?: string | undefined;
  readonly entitlementId?: string | undefined;
  readonly accountId?: string | undefined;
  readonly privileged?: true | undefined;
}

/** Who could reach it at `at`, by what was known at `knownAt`. */
export async function whoCouldReach(_tx: Tx, _question: ReachQuestion): Promise<Access[]> {
  await Promise.resolve();
  throw new Error('not written yet');
}

/** Differences between what should be and what is, now. */
export async function drift(
  _tx: Tx,
  _filter: { readonly systemId?: string | undefined; readonly identityId?: string | undefined } = {},
): Promise<Drift[]> {
  await Promise.resolve();
  throw new Error('not written yet');
}

/** Which of these are privileged, by themselves or by what they imply: id → path to what makes it so. */
export async function privilegeOf(
  _tx: Tx,
  _ids: {
    readonly entitlementIds?: readonly string[];
    readonly roleIds?: readonly string[];
    readonly identityIds?: readonly string[];
  },
  _asOf: AsOf = {},
): Promise<ReadonlyMap<string, Access['path']>> {
  await Promise.resolve();
  throw new Error('not written yet');
}
