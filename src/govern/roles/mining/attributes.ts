import { addBit, countCommon, emptyBits, hasBit, listBits, type Bits } from './bits.ts';
import type { Matrix } from './matrix.ts';
import type { Role } from './reduce.ts';

/** Something known about each user, in the order in which names say it; null where it is not known. */
export interface Attribute {
  readonly name: string;
  readonly values: readonly (string | null)[];
}

/** People who share values of attributes, as a rule would find them. */
export interface AttributeRule {
  readonly terms: readonly { readonly attribute: string; readonly value: string }[];
  /** How many people the rule finds, and how many of them are in the role. */
  readonly finds: number;
  readonly findsOfRole: number;
  /** The rule would give the role to exactly the same people. */
  readonly same: boolean;
}

/**
 * What those in a role have in common: value by value, each shared by at least `share` of them and by fewer of all.
 * Undefined where they have nothing in common that others have not.
 */
export function ruleOf(users: Bits, attributes: readonly Attribute[], share: number): AttributeRule | undefined {
  const members = listBits(users);
  const population = attributes[0]?.values.length ?? 0;
  let found = Array.from({ length: population }, (_, user) => user);
  const terms: { attribute: string; value: string }[] = [];
  for (const { name, values } of attributes) {
    const [value, count] = commonest(members, values);
    if (value === undefined || count < share * members.length) continue;
    const fewer = found.filter((user) => values[user] === value);
    if (fewer.length === found.length) continue;
    terms.push({ attribute: name, value });
    found = fewer;
  }
  if (terms.length === 0) return undefined;
  const findsOfRole = found.filter((user) => hasBit(users, user)).length;
  return {
    terms,
    finds: found.length,
    findsOfRole,
    same: findsOfRole === found.length && findsOfRole === members.length,
  };
}

function commonest(members: readonly number[], values: readonly (string | null)[]): [string | undefined, number] {
  const counts = new Map<string, number>();
  for (const user of members) {
    const value = values[user] ?? null;
    if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  let best: [string | undefined, number] = [undefined, 0];
  for (const [value, count] of counts)
    if (count > best[1] || (count === best[1] && value < (best[0] ?? ''))) best = [value, count];
  return best;
}

/** What nearly everybody holds who shares a value of one attribute, or of two: roles that a rule can give. */
export function rolesByAttribute(matrix: Matrix, attributes: readonly Attribute[], tolerance: number): readonly Role[] {
  const groups = new Map<string, Bits>();
  const put = (key: string, user: number): void => {
    const group = groups.get(key) ?? emptyBits(matrix.rows.length);
    addBit(group, user);
    groups.set(key, group);
  };
  for (const [n, { values }] of attributes.entries())
    for (let user = 0; user < matrix.rows.length; user += 1) {
      const value = values[user] ?? null;
      if (value === null) continue;
      put(JSON.stringify([n, value]), user);
      for (const [m, other] of attributes.entries()) {
        const second = other.values[user] ?? null;
        if (m > n && second !== null) put(JSON.stringify([n, value, m, second]), user);
      }
    }
  const roles: Role[] = [];
  for (const key of [...groups.keys()].sort()) {
    const users = groups.get(key) as Bits;
    const enough = countCommon(users, users) * (1 - tolerance);
    const permissions = emptyBits(matrix.columns.length);
    for (const [p, column] of matrix.columns.entries())
      if (countCommon(column, users) >= enough) addBit(permissions, p);
    if (permissions.some((word) => word !== 0)) roles.push({ users, permissions });
  }
  return roles;
}

/**
 * A name people can read: what those in the role share, or what it gives, and how much. `names` are those of its
 * permissions, in the order they are to be named.
 */
export function nameOf(rule: AttributeRule | undefined, users: number, names: readonly string[]): string {
  const count = `${names.length} entitlement${names.length === 1 ? '' : 's'}`;
  if (rule !== undefined) return `${rule.terms.map((term) => term.value).join(', ')}: ${count}`;
  const first = names.slice(0, 2).join(', ');
  const more = names.length > 2 ? ` and ${names.length - 2} more` : '';
  return `${first}${more}: ${users} ${users === 1 ? 'person' : 'people'}`;
}
