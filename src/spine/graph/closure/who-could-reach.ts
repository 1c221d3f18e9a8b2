import type { Tx } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';
import type { Access, AsOf } from '../model.ts';
import { privilegeOf } from './privilege-of.ts';
import { readEdgesTo, type EdgeTo, type Target } from './read-edges-to.ts';
import { toStep } from './read-edges.ts';
import { contains, edgesBy, spread, walkAt, type Interval } from './spread-intervals.ts';

/** Exactly one of `systemId`, `entitlementId`, `accountId` and `privileged`. */
export type ReachQuestion = AsOf & Target;

/** One way in, before its path is told. */
interface Way {
  readonly source: EdgeTo;
  readonly interval: Interval;
  readonly key: string;
}

/**
 * Everybody who could reach it at `at`, by what was known at `knownAt`: one row for each source (a grant, an account
 * of their own) with a shortest path to the first thing on it that was asked about. The same question asked months
 * later returns the same rows. Rows come in a fixed order; `part` are those of one page of it.
 */
export async function whoCouldReach(
  tx: Tx,
  question: ReachQuestion,
  part: { readonly from: number; readonly limit: number } = { from: 0, limit: Infinity },
): Promise<Access[]> {
  const asked = [question.systemId, question.entitlementId, question.accountId, question.privileged];
  if (asked.filter((a) => a !== undefined).length !== 1)
    throw invalid(
      '/systemId',
      'ask about one thing',
      'name a system, an entitlement or an account, or ask for all privileged',
    );
  const at = question.at ?? tx.now;
  const { sources, edges, targets } = await readEdgesTo(tx, question, at, question.knownAt);
  const into = edgesBy('to', edges);
  const start = [...targets];
  const times = spread(new Map(start.map((t): [number, Interval] => [t, ALWAYS])), into, true);
  const next = walkAt<EdgeTo, number>(start, into, at.getTime(), byNames, true);
  const ways: Way[] = [];
  for (const source of sources) {
    const interval = times.get(source.to)?.find((i) => contains(i, at.getTime()));
    if (interval !== undefined && (targets.has(source.to) || next.has(source.to)))
      ways.push({ source, interval, key: `${source.fromId} ${viaOf(source)} ${source.id}` });
  }
  ways.sort((a, b) => (a.key < b.key ? -1 : 1));
  const implies = await impliesPrivilege(tx, question, at);
  const privileged = implies ? undefined : privilegedTimes([sources, edges], into);
  const isPrivileged = ({ to }: EdgeTo): boolean =>
    privileged === undefined || (privileged.get(to) ?? []).some((i) => contains(i, at.getTime()));
  return ways
    .slice(part.from, part.from + part.limit)
    .flatMap(({ source, interval }) => tell(source, interval, follow(source.to, next, targets), isPrivileged(source)));
}

const ALWAYS: Interval = [-Infinity, Infinity];

const viaOf = (source: EdgeTo): Access['via'] => (source.kind === 'grant' ? 'grant' : 'holding');

/** An order of edges that depends on what they say and not on how they were found. */
const byNames = (edge: EdgeTo): string => `${edge.name} ${edge.id} ${edge.fromId}`;

function tell(source: EdgeTo, interval: Interval, rest: readonly EdgeTo[], privileged: boolean): Access[] {
  const path = [source, ...rest];
  const reached = path.at(-1) ?? source;
  if (reached.systemId === null) return [];
  const account = path.findLast((e) => e.kind === 'account');
  const until = Math.min(interval[1], source.interval[1]);
  return [
    {
      identityId: source.fromId,
      via: viaOf(source),
      sourceId: source.id,
      ...(reached.kind === 'entitlement' ? { entitlementId: reached.id } : {}),
      ...(account === undefined ? {} : { accountId: account.id }),
      systemId: reached.systemId,
      name: reached.name,
      path: path.map(toStep),
      validFrom: new Date(Math.max(interval[0], source.interval[0])),
      validTo: until === Infinity ? null : new Date(until),
      privileged,
    },
  ];
}

/** As in `effectiveAccess`: during which instants each node leads to something privileged, itself included. */
function privilegedTimes(
  all: readonly (readonly EdgeTo[])[],
  into: ReadonlyMap<number, readonly EdgeTo[]>,
): ReadonlyMap<number, readonly Interval[]> {
  const privileged = new Map<number, Interval>();
  for (const edges of all) {
    for (const edge of edges) {
      if (!edge.privileged) continue;
      const [from, until] = privileged.get(edge.to) ?? edge.interval;
      privileged.set(edge.to, [Math.min(from, edge.interval[0]), Math.max(until, edge.interval[1])]);
    }
  }
  return spread(privileged, into, true);
}

/** Whether the one thing asked about is privileged by what it implies, beyond where the question ends. */
async function impliesPrivilege(tx: Tx, question: ReachQuestion, at: Date): Promise<boolean> {
  const { entitlementId, accountId, knownAt } = question;
  if (entitlementId === undefined && accountId === undefined) return question.privileged === true;
  const ids = { entitlementIds: [entitlementId ?? []].flat(), accountIds: [accountId ?? []].flat() };
  return (await privilegeOf(tx, ids, { at, knownAt })).size > 0;
}

/** The edges from a node to the first target on its shortest walk. */
function follow(node: number, next: ReadonlyMap<number, EdgeTo>, targets: ReadonlySet<number>): EdgeTo[] {
  const edges: EdgeTo[] = [];
  let here = node;
  while (!targets.has(here)) {
    const edge = next.get(here);
    if (edge === undefined) return edges;
    edges.push(edge);
    here = edge.to;
  }
  return edges;
}
