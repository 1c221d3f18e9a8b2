/** Who can reach whom by keys of SSH, and from where somebody becomes root somewhere. Pure. */
import { groupBy } from './group-by.ts';
import type { Severity } from '../model.ts';

export interface SeenKey {
  readonly systemId: string;
  readonly account: string;
  readonly fingerprint: string;
  readonly how: 'opens' | 'holds';
  readonly place: string;
  readonly comment: string;
  readonly options: readonly string[];
}

/** All that is known of keys and power, over all systems. */
export interface World {
  readonly systems: ReadonlyMap<string, { readonly name: string; readonly masters: ReadonlySet<string> }>;
  readonly keys: readonly SeenKey[];
  /** System → account → how powerful it is there. */
  readonly power: ReadonlyMap<string, ReadonlyMap<string, Severity>>;
}

export interface Step {
  readonly from: string;
  readonly to: string;
  /** `key`: holds what opens it. `becomes`: its power there makes it root. `is`: root is everybody there. */
  readonly by: 'key' | 'becomes' | 'is';
  /** The key, by its fingerprint. */
  readonly fingerprint?: string;
  readonly place: string;
}

export interface Node {
  readonly id: string;
  readonly systemId: string;
  readonly account: string;
  readonly root: boolean;
}

export const nodeId = (systemId: string, account: string): string => `${systemId}/${account}`;

/** A key that may run one command, or only come from somewhere, leads less far; certificates of an authority lead everywhere. */
export const isBound = (options: readonly string[]): boolean =>
  options.some((one) => /^command=/iu.test(one) && !freely.test(one));

/** Commands from which whoever has the key starts a shell all the same. */
const freely =
  /(?:eval|(?:ba|da|z|k)?sh\s+-\w*c)\b[^;|]*\$\{?SSH_ORIGINAL_COMMAND|^command="?(?:\/\S*\/)?(?:(?:ba|da|z|k)?sh|vi|vim|view|nano|emacs|less|more|man|ftp|gdb|irb|python[\d.]*|perl|ruby|lua|node|mysql|psql|tmux|screen|\$\{?SSH_ORIGINAL_COMMAND\}?)(?:[\s"]|$)/iu;

/** Accounts that hold or are opened by a key somebody else has to do with, and the ways between them. */
export function trustGraph(world: World): { readonly nodes: readonly Node[]; readonly steps: readonly Step[] } {
  const steps: Step[] = [];
  const byKey = groupBy(world.keys, ({ fingerprint }) => fingerprint);
  for (const [fingerprint, seen] of byKey)
    for (const holder of seen.filter(({ how }) => how === 'holds'))
      for (const opened of seen.filter(({ how, options }) => how === 'opens' && !isBound(options))) {
        const [from, to] = [nodeId(holder.systemId, holder.account), nodeId(opened.systemId, opened.account)];
        if (from !== to) steps.push({ from, to, by: 'key', fingerprint, place: `${holder.place} → ${opened.place}` });
      }
  for (const [systemId, { masters }] of world.systems) {
    const known = new Set(world.keys.filter((key) => key.systemId === systemId).map(({ account }) => account));
    for (const [account, severity] of world.power.get(systemId) ?? [])
      if (!masters.has(account) && (severity === 'critical' || severity === 'high'))
        for (const master of [...masters].slice(0, 1))
          steps.push({
            from: nodeId(systemId, account),
            to: nodeId(systemId, master),
            by: 'becomes',
            place: 'its power there',
          });
    for (const master of masters)
      for (const account of known)
        if (!masters.has(account))
          steps.push({ from: nodeId(systemId, master), to: nodeId(systemId, account), by: 'is', place: 'root' });
  }
  const once = new Map(steps.map((step) => [`${step.from} ${step.to} ${step.by} ${step.fingerprint ?? ''}`, step]));
  const sorted = [...once].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, step]) => step);
  const ids = new Set(sorted.flatMap(({ from, to }) => [from, to]));
  const nodes = [...ids].sort().map((id): Node => {
    const cut = id.indexOf('/');
    const [systemId, account] = [id.slice(0, cut), id.slice(cut + 1)];
    return { id, systemId, account, root: world.systems.get(systemId)?.masters.has(account) === true };
  });
  return { nodes, steps: sorted };
}

export interface WayToRoot {
  readonly from: string;
  readonly to: string;
  readonly steps: readonly Step[];
}

/** Shortest ways on which somebody who is not root becomes root of another system, by at least one key. */
export function waysToRoot(world: World, most = 500): readonly WayToRoot[] {
  const { nodes, steps } = trustGraph(world);
  const next = groupBy(steps, ({ from }) => from);
  const at = new Map(nodes.map((node) => [node.id, node]));
  const found: WayToRoot[] = [];
  for (const start of nodes) {
    const came = new Map<string, Step | undefined>([[start.id, undefined]]);
    const queue = [start.id];
    for (const id of queue)
      for (const step of next.get(id) ?? []) {
        if (came.has(step.to)) continue;
        came.set(step.to, step);
        queue.push(step.to);
        const node = at.get(step.to);
        if (node?.root !== true || node.systemId === start.systemId) continue;
        const way: Step[] = [];
        for (let back = came.get(step.to); back !== undefined; back = came.get(back.from)) way.unshift(back);
        if (way.some(({ by }) => by === 'key')) found.push({ from: start.id, to: step.to, steps: way });
        if (found.length >= most) return found;
      }
  }
  return found;
}
