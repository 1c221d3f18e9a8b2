import type { Tx } from '#kit/db/index.ts';
import {
  effectiveAccessOf,
  getAccount,
  getGrant,
  listHoldings,
  type Access,
  type Identity,
  type PathStep,
} from '#spine/graph/index.ts';
import { causeOf, toldOf, type Cause, type Told } from './find-causes.ts';

/** One path by which somebody reaches an entitlement, and where it comes from. */
export interface Way {
  readonly via: 'grant' | 'account';
  readonly path: readonly PathStep[];
  readonly validFrom: Date;
  readonly validTo: Date | null;
  /** Set where it is by a grant. */
  readonly grant: {
    readonly id: string;
    readonly reason: string | null;
    readonly cause: Cause;
    readonly told: Told | null;
  } | null;
  /** Set where an account of theirs holds it. */
  readonly account: {
    readonly id: string;
    readonly name: string;
    readonly linkedBecause: string | null;
    readonly observedAt: Date | null;
    readonly quality: string | null;
    /** Who gave it, in the words of the target, where it keeps that. */
    readonly givenBy: string | null;
    /** Whether a grant leads to it. */
    readonly founded: boolean;
  } | null;
}

/** Every way by which somebody reaches an entitlement now, each back to what caused it; none: they do not reach it. */
export async function traceAccess(tx: Tx, identity: Identity, entitlementId: string): Promise<readonly Way[]> {
  const only = new Set([entitlementId]);
  const reached = (await effectiveAccessOf(tx, [identity.id], { only })).get(identity.id) ?? [];
  const rows = reached.filter((row) => row.entitlementId === entitlementId);
  const founded = rows.some((row) => row.via === 'grant');
  const ways: Way[] = [];
  for (const row of rows)
    ways.push(row.via === 'grant' ? await byGrant(tx, identity, row) : await byAccount(tx, row, founded));
  return ways;
}

const times = ({ path, validFrom, validTo }: Access) => ({ path, validFrom, validTo });

async function byGrant(tx: Tx, identity: Identity, row: Access): Promise<Way> {
  const grant = await getGrant(tx, row.sourceId);
  if (grant === undefined) return { via: 'grant', ...times(row), grant: null, account: null };
  const told = (await toldOf(tx, grant)) ?? null;
  const cause = await causeOf(tx, grant, identity);
  return {
    via: 'grant',
    ...times(row),
    grant: { id: grant.id, reason: grant.reason, cause, told },
    account: null,
  };
}

async function byAccount(tx: Tx, row: Access, founded: boolean): Promise<Way> {
  const account = await getAccount(tx, row.sourceId);
  const held = row.path.find((step) => step.kind === 'entitlement');
  const [holding] =
    held === undefined ? [] : await listHoldings(tx, { accountId: row.sourceId, entitlementId: held.id }, 1);
  return {
    via: 'account',
    ...times(row),
    grant: null,
    account:
      account === undefined
        ? null
        : {
            id: account.id,
            name: account.name,
            linkedBecause: account.linkedBecause,
            observedAt: holding?.observedAt ?? null,
            quality: holding?.quality ?? null,
            givenBy: holding?.givenBy ?? null,
            founded,
          },
  };
}
