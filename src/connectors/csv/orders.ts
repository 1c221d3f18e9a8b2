import { csvRow, decodeFlowing, plainCell, readRows, UnreadableCsv } from '#kit/csv/index.ts';
import { sha256 } from '#kit/crypto/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Folder } from '#kit/files/index.ts';
import { TargetError } from '../port.ts';

/** Where orders are given, one file each. */
const ORDERS = 'changes';
const COLUMNS = [
  'order_id',
  'ordered_at',
  'do',
  'account_id',
  'account_name',
  'full_name',
  'entitlement_id',
  'attribute',
  'value',
] as const;

/** One line of an order: what the administrators of the system are to do. */
export interface OrderLine {
  readonly do:
    | 'create_account'
    | 'delete_account'
    | 'lock_account'
    | 'unlock_account'
    | 'grant'
    | 'revoke'
    | 'set_attribute'
    | 'clear_attribute';
  /** Empty where the account is not there yet. */
  readonly accountId: string;
  readonly accountName: string;
  readonly fullName?: string;
  readonly entitlementId?: string;
  readonly attribute?: string;
  readonly value?: string;
}
export interface Order {
  readonly orderedAt: Date;
  readonly lines: readonly OrderLine[];
}

/** The name of an order says when it was given and about which account, so that few of many have to be opened. */
const NAME = /^(\d{8}T\d{9}Z)-([0-9a-f]{12})-[0-9a-f-]{36}\.csv$/u;
const aboutOf = (accountName: string): string => sha256(accountName).toString('hex').slice(0, 12);
const compact = (at: Date): string => at.toISOString().replaceAll(/[-:.]/gu, '');
const instant = (t: string): Date | undefined => {
  const iso = `${t.slice(0, 4)}-${t.slice(4, 6)}-${t.slice(6, 11)}:${t.slice(11, 13)}:${t.slice(13, 15)}.${t.slice(15)}`;
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? undefined : at;
};

/** Gives an order about one account: a file of its own, never changed afterwards, on disk when this returns. */
export async function giveOrder(folder: Folder, lines: readonly OrderLine[], at: Date): Promise<void> {
  const id = `${aboutOf(lines[0]?.accountName ?? '')}-${newId(at.getTime())}`;
  const rows = lines.map((line) => [
    id,
    at.toISOString(),
    line.do,
    line.accountId,
    line.accountName,
    line.fullName ?? '',
    line.entitlementId ?? '',
    line.attribute ?? '',
    line.value ?? '',
  ]);
  const orders = await folder.folder(ORDERS);
  try {
    await orders.write(`${compact(at)}-${id}.csv`, [COLUMNS, ...rows].map((row) => csvRow(row)).join(''));
  } finally {
    await orders.close();
  }
}

/**
 * Orders about an account given since an instant, oldest first. Files of other names are not orders, and what somebody
 * spoilt is not one either.
 */
export async function ordersSince(folder: Folder, accountName: string, since: Date): Promise<readonly Order[]> {
  const orders = await folder.folder(ORDERS);
  try {
    const found: Order[] = [];
    for (const name of (await orders.names()).toSorted()) {
      const [, time = '', about] = NAME.exec(name) ?? [];
      const orderedAt = instant(time);
      if (about !== aboutOf(accountName) || orderedAt === undefined || orderedAt < since) continue;
      const lines = await readOrder(orders, name);
      if (lines !== undefined) found.push({ orderedAt, lines });
    }
    return found;
  } finally {
    await orders.close();
  }
}

async function readOrder(orders: Folder, name: string): Promise<readonly OrderLine[] | undefined> {
  const handle = await orders.file(name);
  if (handle === undefined) return undefined;
  try {
    const lines: OrderLine[] = [];
    const bytes = handle.createReadStream({ start: 0, autoClose: false }) as AsyncIterable<Buffer>;
    for await (const row of readRows(decodeFlowing(bytes), ',')) {
      if (row[0] === COLUMNS[0]) continue;
      const [
        ,
        ,
        what = '',
        accountId = '',
        accountName = '',
        fullName = '',
        entitlementId = '',
        attribute = '',
        value = '',
      ] = row.map(plainCell);
      lines.push({ do: what as OrderLine['do'], accountId, accountName, fullName, entitlementId, attribute, value });
    }
    return lines;
  } catch (error) {
    if (error instanceof UnreadableCsv) return undefined;
    throw error;
  } finally {
    await handle.close();
  }
}

/** Said to whoever asks for a change that is ordered and not yet to be seen. */
export const awaited = (summary: string, orderedAt: Date): TargetError =>
  new TargetError('awaited', `${summary}: ordered ${orderedAt.toISOString()}, not in the files yet`);
