/** Who is privileged in a domain and why, once groups and permissions are known. Accounts are asked about one by one, and none is kept. */
import { isAdministrative, type ControlPath } from './control-paths.ts';
import { everybody, wellKnownName, type Group, type GroupGraph } from './group-graph.ts';
import type { Member } from './member.ts';
import { ownReasons, tierZero, type Because } from './tier-zero.ts';

export class Privileges {
  readonly #graph: GroupGraph;
  readonly #direct = new Map<string, Because[]>();
  readonly #everybody: readonly Group[];

  constructor(graph: GroupGraph, domainSid: string) {
    this.#graph = graph;
    this.#everybody = everybody(domainSid).flatMap((sid) => graph.withSid(sid) ?? implicit(sid));
    for (const group of graph.all()) {
      const because = tierZero(group);
      if (because) this.#direct.set(group.sid, [because]);
    }
  }

  add({ trustee, reason, evidence }: ControlPath): void {
    const known = this.#direct.get(trustee) ?? [];
    if (!known.some((one) => one.reason === reason)) this.#direct.set(trustee, [...known, { reason, evidence }]);
  }

  /** SIDs that are powerful by themselves or by permissions: groups and accounts. */
  sources(): readonly string[] {
    return [...this.#direct.keys()];
  }

  /** Groups that hold everybody, directly or through others. */
  ofEverybody(): ReadonlySet<Group> {
    return this.#graph.closure(this.#everybody);
  }

  /** Why everybody is privileged, for one of the principals everybody is. */
  ofEverybodyBy(sid: string): readonly Because[] {
    const group = this.#everybody.find((one) => one.sid === sid);
    return group ? this.ofGroup(group) : [];
  }

  ofGroup(group: Group): readonly Because[] {
    return this.#reached(group.name, group.sid, group.security ? [...parentsOf(group, this.#graph)] : []);
  }

  ofAccount({ facts, groups }: Member): readonly Because[] {
    const own = ownReasons(facts, (sid) => this.#formerGroup(sid));
    const everybody = this.#everybody.filter((group) => !groups.includes(group));
    return [...own, ...this.#reached(facts.name, facts.sid, [...groups, ...everybody])];
  }

  #formerGroup(sid: string): string | undefined {
    const group = this.#graph.withSid(sid);
    const power = this.#direct.get(sid)?.[0];
    if (power) return group?.name ?? sid;
    return isAdministrative(sid) ? 'a group of administrators' : undefined;
  }

  /** Breadth first, so that each reason comes with its shortest path. */
  #reached(name: string, sid: string, first: readonly Group[]): readonly Because[] {
    const found: Because[] = [...(this.#direct.get(sid) ?? [])];
    const seen = new Set<string>([sid]);
    const queue: { readonly path: readonly string[]; readonly group: Group }[] = [];
    const enter = (groups: readonly Group[], path: readonly string[]): void => {
      for (const group of groups) {
        if (seen.has(group.sid) || !group.security) continue;
        seen.add(group.sid);
        queue.push({ path: [...path, group.name], group });
      }
    };
    enter(first, [name]);
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { path, group } = next;
      for (const { reason, evidence } of this.#direct.get(group.sid) ?? [])
        found.push({ reason: `through ${group.name}: ${reason}`, evidence: `${path.join(' → ')}; ${evidence}` });
      enter(parentsOf(group, this.#graph), path);
    }
    return found;
  }
}

function parentsOf(group: Group, graph: GroupGraph): readonly Group[] {
  return group.parents.flatMap((key) => graph.at(key) ?? []);
}

/** Everyone and Authenticated Users exist even where no group has them as a member. */
const implicit = (sid: string): readonly Group[] => {
  const name = wellKnownName(sid);
  return name === undefined
    ? []
    : [{ dn: sid, name, sid, guid: '', security: true, foreign: true, created: 0n, parents: [], attributes: {} }];
};
