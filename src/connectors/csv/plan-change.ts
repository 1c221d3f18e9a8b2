import { TargetError, type Change, type ReadAccount } from '../port.ts';
import type { Looked } from './look-up.ts';
import type { Order, OrderLine } from './orders.ts';

/** What a change depends on. */
export interface CsvState extends Looked {
  /** For grants: whether the system has that entitlement. */
  readonly entitlementKnown: boolean;
  /** Orders that may still be carried out, oldest first. */
  readonly orders: readonly Order[];
}

export interface Plan {
  readonly summary: string;
  /** False when the files show it already. */
  readonly needed: boolean;
  readonly lines: readonly OrderLine[];
  /** When the same was ordered, where that order may still be carried out. */
  readonly orderedAt: Date | undefined;
}

/** Facts of a person these files keep, and the column they are in. */
const KEPT: ReadonlyMap<string, { readonly column: string; readonly attribute: string }> = new Map([
  ['mail', { column: 'email', attribute: 'email' }],
  ['employee_id', { column: 'employee_id', attribute: 'employeeId' }],
]);

/** Decides what has to be ordered. Pure. Throws `refused` and `unsupported`. */
export function planChange(state: CsvState, change: Change): Plan {
  if (change.do === 'set_password' || change.do === 'set_keys')
    throw new TargetError('unsupported', 'passwords and keys are not given through files');
  const { summary, lines } = wanted(state, change);
  const orderedAt = lines.length === 0 ? undefined : lastOrdered(state.orders, lines);
  return { summary, needed: lines.length > 0, lines, orderedAt };
}

type Wish = Exclude<Change, { readonly do: 'set_password' | 'set_keys' }>;
interface Wanted {
  readonly summary: string;
  readonly lines: readonly OrderLine[];
}

function wanted(state: CsvState, change: Wish): Wanted {
  const { account } = state;
  const who = { accountId: account?.nativeId ?? '', accountName: account?.name ?? change.account };
  const done = (summary: string): Wanted => ({ summary, lines: [] });
  const order = (summary: string, ...lines: Line[]): Wanted => ({
    summary,
    lines: lines.map((line) => ({ ...who, ...line })),
  });
  switch (change.do) {
    case 'create_account': {
      newAccountName(change.account);
      const summary = `create ${change.account}`;
      if (account !== undefined) return done(`${summary}: it is there`);
      const facts = attributeLines(undefined, change.attributes ?? {});
      return order(summary, { do: 'create_account', fullName: plainName(change.fullName) }, ...facts);
    }
    case 'delete_account':
      return account === undefined
        ? done(`delete ${change.account}: it is not there`)
        : order(`delete ${account.name}`, { do: 'delete_account' });
    case 'lock_account':
      return account?.state === 'active'
        ? order(`lock ${account.name}`, { do: 'lock_account' })
        : done(`lock ${change.account}: nothing to lock`);
    case 'unlock_account':
      if (account === undefined) throw gone();
      return account.state === 'locked'
        ? order(`unlock ${account.name}`, { do: 'unlock_account' })
        : done(`unlock ${account.name}: it is open`);
    case 'set_attributes': {
      if (account === undefined) throw gone();
      const lines = attributeLines(account, change.attributes);
      const names = lines.map((line) => line.attribute).join(', ');
      return lines.length === 0
        ? done(`set facts of ${account.name}: nothing to change`)
        : order(`set ${names} of ${account.name}`, ...lines);
    }
    case 'grant': {
      if (!state.entitlementKnown) throw new TargetError('refused', 'entitlements.csv has no entitlement of that id');
      if (account === undefined && !isComing(state.orders, change.account)) throw gone();
      const summary = `give ${change.entitlement} to ${who.accountName}`;
      return state.holdings.includes(change.entitlement)
        ? done(`${summary}: it has it`)
        : order(summary, { do: 'grant', entitlementId: change.entitlement });
    }
    case 'revoke': {
      const summary = `take ${shown(change.entitlement)} from ${shown(who.accountName)}`;
      return account !== undefined && state.holdings.includes(change.entitlement)
        ? order(summary, { do: 'revoke', entitlementId: change.entitlement })
        : done(`${summary}: it has it not`);
    }
  }
}

const gone = (): TargetError => new TargetError('refused', 'accounts.csv has no account of that id or name');
const shown = (name: string): string => name.replaceAll(/[\p{Cc}\p{Cf}]+/gu, '?').slice(0, 64);

/** A name every system is likely to take, and nothing that means something to a file, a shell or a spreadsheet. */
function newAccountName(name: string): void {
  if (/^[A-Za-z0-9](?:[A-Za-z0-9._@-]{0,62}[A-Za-z0-9])?$/u.test(name) && !name.includes('..')) return;
  throw new TargetError(
    'refused',
    'that is not an account name Reeve orders: letters, digits, `.`, `_`, `@` and `-`, at most 64, beginning and ending with a letter or digit',
  );
}

const plainName = (name: string): string =>
  name
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 200);

type Line = Omit<OrderLine, 'accountId' | 'accountName'>;

function attributeLines(account: ReadAccount | undefined, facts: Readonly<Record<string, string | null>>): Line[] {
  return [...KEPT].flatMap(([fact, { column, attribute }]): Line[] => {
    const value = facts[fact];
    if (value === undefined) return [];
    const wish = value === null ? undefined : plainName(value);
    if (wish === account?.attributes[attribute]) return [];
    return wish === undefined
      ? [{ do: 'clear_attribute', attribute: column }]
      : [{ do: 'set_attribute', attribute: column, value: wish }];
  });
}

/** What an order is about: a later one about the same undoes it. */
const aspect = (line: OrderLine): string => {
  const who = line.accountName;
  if (line.do === 'grant' || line.do === 'revoke') return JSON.stringify(['holds', who, line.entitlementId]);
  if (line.do === 'lock_account' || line.do === 'unlock_account') return JSON.stringify(['open', who]);
  if (line.do === 'create_account' || line.do === 'delete_account') return JSON.stringify(['there', who]);
  return JSON.stringify(['has', who, line.attribute]);
};

const last = (orders: readonly Order[], about: string): { readonly at: Date; readonly line: OrderLine } | undefined =>
  orders
    .flatMap(({ orderedAt, lines }) => lines.map((line) => ({ at: orderedAt, line })))
    .findLast(({ line }) => aspect(line) === about);

/** When all of this was last ordered and nothing else about it since; undefined where something of it has to be ordered. */
function lastOrdered(orders: readonly Order[], lines: readonly OrderLine[]): Date | undefined {
  const times: Date[] = [];
  for (const line of lines) {
    const known = last(orders, aspect(line));
    if (known === undefined || known.line.do !== line.do || (known.line.value ?? '') !== (line.value ?? ''))
      return undefined;
    times.push(known.at);
  }
  return times.toSorted((a, b) => a.getTime() - b.getTime())[0];
}

const isComing = (orders: readonly Order[], name: string): boolean =>
  last(orders, JSON.stringify(['there', name]))?.line.do === 'create_account';
