import type { Tx } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';
import type { Access, AsOf } from '../model.ts';
import { privilegedTimes } from './effective-access.ts';
import { privilegeOf } from './privilege-of.ts';
import { readEdgesTo, type Target } from './read-edges-to.ts';
import { byNames, toStep, type AccessEdge } from './read-edges.ts';
import { contains, edgesBy, spread, walkAt, type Interval } from './spread-intervals.ts';

/** Exactly one of `systemId`, `entitlementId`, `accountId` and `privileged`. */
export type ReachQuestion = AsOf & Target;

/**
 * Everybody who could reach it at `at`, by what was known at `knownAt`: one row for each source (a grant, an account
 * of their own) with a shortest path to the first thing on it that was asked about. The same question asked months
 * later returns the same rows. Rows come in a fixed order.
 */
export async function whoCouldReach(tx: Tx, question: ReachQuestion): Promise<Access[]> {
  const asked = [question.systemId, question.entitlementId, question.accountId, question.privileged];
  if (asked.filter((a) => a !== undefined).length !== 1)
    throw invalid(
      '/systemId',
      'ask about one thing',
      'name a system, an entitlement or an account, or ask for all privileged',
    );
  const at = question.at ?? tx.now;
  const { edges, targets } = await readEdgesTo(tx, question, at, question.knownAt);
  const into = edgesBy('to', edges);
  const times = spread(new Map(targets.map((t): [string, Interval] => [t, [-Infinity, Infinity]])), into, true);
  const next = walkAt(targets, into, at.getTime(), byNames, true);
  const privileged = privilegedTimes(edges);
  const implies = await impliesPrivilege(tx, question, at);
  const isTarget = new Set(targets);
  const rows: Access[] = [];
  for (const source of edges) {
    if (source.row.fromKind !== 'identity') continue;
    const path = [source, ...follow(source.to, next, isTarget)];
    const reached = path.at(-1)?.row;
    const interval = (times.get(source.to) ?? []).find((i) => contains(i, at.getTime()));
    if (reached === undefined || reached.systemId === null || interval === undefined) continue;
    const account = path.findLast((e) => e.row.kind === 'account');
    const from = Math.max(interval[0], source.interval[0]);
    const until = Math.min(interval[1], source.interval[1]);
    rows.push({
      identityId: source.row.fromId,
      via: source.row.kind === 'grant' ? 'grant' : 'holding',
      sourceId: source.row.id,
      ...(reached.kind === 'entitlement' ? { entitlementId: reached.id } : {}),
      ...(account === undefined ? {} : { accountId: account.row.id }),
      systemId: reached.systemId,
      name: reached.name,
      path: path.map((e) => toStep(e.row)),
      validFrom: new Date(from),
      validTo: until === Infinity ? null : new Date(until),
      privileged: implies || (privileged.get(source.to) ?? []).some((i) => contains(i, at.getTime())),
    });
  }
  const key = (a: Access): string => `${a.identityId} ${a.via} ${a.sourceId}`;
  return rows.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Whether the one thing asked about is privileged by what it implies, beyond where the question ends. */
async function impliesPrivilege(tx: Tx, question: ReachQuestion, at: Date): Promise<boolean> {
  const { entitlementId, accountId, knownAt } = question;
  if (entitlementId === undefined && accountId === undefined) return question.privileged === true;
  const ids = { entitlementIds: [entitlementId ?? []].flat(), accountIds: [accountId ?? []].flat() };
  return (await privilegeOf(tx, ids, { at, knownAt })).size > 0;
}

/** The edges from a node to the first target on its shortest walk. */
function follow(node: string, next: ReadonlyMap<string, AccessEdge>, targets: ReadonlySet<string>): AccessEdge[] {
  const edges: AccessEdge[] = [];
  let here = node;
  while (!targets.has(here)) {
    const edge = next.get(here);
    if (edge === undefined) return edges;
    edges.push(edge);
    here = edge.to;
  }
  return edges;
}
