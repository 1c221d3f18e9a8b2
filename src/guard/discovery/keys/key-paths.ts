/** What keys make of accounts: who may log in as somebody privileged, who holds the way, who shares it. Pure. */
import { groupBy } from './group-by.ts';
import type { PrivilegePath } from '../model.ts';
import { isBound, type SeenKey, type World } from './trust-graph.ts';

/** Privileged paths that rest on keys, by system. Bound keys (`command="…"`) are told and weigh less. */
export function keyPaths(world: World): ReadonlyMap<string, readonly PrivilegePath[]> {
  const paths = new Map<string, PrivilegePath[]>();
  const add = (systemId: string, path: PrivilegePath): void =>
    void paths.set(systemId, [...(paths.get(systemId) ?? []), path]);
  const isMaster = ({ systemId, account }: SeenKey): boolean =>
    world.systems.get(systemId)?.masters.has(account) === true;
  const isPowerful = (key: SeenKey): boolean =>
    isMaster(key) || world.power.get(key.systemId)?.has(key.account) === true;
  const label = ({ systemId, account }: SeenKey): string =>
    `${account}@${world.systems.get(systemId)?.name ?? systemId}`;
  const isSame = (a: SeenKey, b: SeenKey): boolean => a.systemId === b.systemId && a.account === b.account;
  for (const [fingerprint, seen] of groupBy(world.keys, (key) => key.fingerprint)) {
    const opened = seen.filter(({ how }) => how === 'opens');
    const holders = seen.filter(({ how }) => how === 'holds');
    const powerful = opened.filter(isPowerful);
    for (const key of powerful) {
      const others = unique(opened.filter((one) => !isSame(one, key)).map(label));
      const held = unique(holders.filter((one) => !isSame(one, key)).map((one) => `${label(one)} (${one.place})`));
      const authority = key.options.some((one) => /^cert-authority$/iu.test(one));
      const name = key.comment === '' ? fingerprint : `${fingerprint} (${key.comment})`;
      add(key.systemId, {
        account: key.account,
        kind: 'key_opens_privileged',
        about: fingerprint,
        severity: authority ? 'high' : isBound(key.options) ? 'low' : 'medium',
        power: true,
        restsOn: 'thing',
        reason: [
          authority
            ? `whoever signs with ${name} may log in as ${key.account}`
            : `whoever has the key ${name} may log in as ${key.account}`,
          ...(key.options.some((one) => /^command=/iu.test(one)) && !isBound(key.options)
            ? ['the command it is bound to starts a shell']
            : []),
          held.length > 0 ? `held by ${held.join(', ')}` : 'no host that was looked at holds it',
          ...(others.length > 0 ? [`it also opens ${others.join(', ')}`] : []),
        ].join('; '),
        evidence: key.place,
        byHand: `take the line out of ${key.place}`,
      });
    }
    for (const holder of holders)
      for (const target of powerful) {
        if (isSame(holder, target) || (holder.systemId === target.systemId && isMaster(holder))) continue;
        add(holder.systemId, {
          account: holder.account,
          kind: 'key_leads_to',
          about: `${fingerprint} ${label(target)}`,
          severity: isBound(target.options) ? 'low' : isMaster(target) ? 'high' : 'medium',
          power: true,
          restsOn: 'thing',
          reason: `holds a key that opens ${label(target)}`,
          evidence: `${fingerprint} in ${holder.place} and ${target.place} of ${label(target)}`,
          byHand: `take the key away from ${holder.place}, or out of ${target.place} of ${label(target)}`,
        });
      }
    for (const key of opened)
      for (const target of powerful) {
        if (isSame(key, target) || isMaster(key)) continue;
        add(key.systemId, {
          account: key.account,
          kind: 'key_shared',
          about: `${fingerprint} ${label(target)}`,
          severity: isMaster(target) ? 'high' : 'medium',
          power: true,
          restsOn: 'thing',
          reason: `whoever opens it also opens ${label(target)} with the same key`,
          evidence: `${fingerprint} in ${key.place} and ${target.place} of ${label(target)}`,
          byHand: `give each of them a key of their own: ${key.place}`,
        });
      }
  }
  return paths;
}

const unique = (all: readonly string[]): readonly string[] => [...new Set(all)].sort();
