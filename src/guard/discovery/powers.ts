import { worse, type PrivilegePath, type Severity } from './model.ts';

/** How powerful each account is by its paths. A set-user-ID program is power of whoever runs it, not of its owner. */
export function powersOf(paths: readonly PrivilegePath[]): ReadonlyMap<string, Severity> {
  const power = new Map<string, Severity>();
  for (const { account, kind, power: gives, severity } of paths) {
    if (!gives || severity === 'low' || account === '' || kind === 'setuid' || kind.startsWith('key_')) continue;
    const worst = worse(power.get(account), severity);
    if (worst !== undefined) power.set(account, worst);
  }
  return power;
}
