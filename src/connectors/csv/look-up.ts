import { TargetError, type ReadAccount } from '../port.ts';
import { unfit, type ExportFiles } from './export-files.ts';
import { tableOf } from './tables.ts';

/** What the files say of one account. */
export interface Looked {
  readonly account: ReadAccount | undefined;
  /** Native ids of what it holds. */
  readonly holdings: readonly string[];
}

/**
 * Finds an account by its id or, as people call it, by its name, and what it holds; reads both files through. Throws
 * `refused` where that could be two.
 */
export async function lookUp(files: ExportFiles, account: string): Promise<Looked> {
  const found: ReadAccount[] = [];
  let row = 0;
  for await (const values of files.rows('accounts')) {
    row += 1;
    if (values[0] !== account && values[1] !== account) continue;
    const at = row;
    const { accounts = [] } = tableOf('accounts').toPiece([values], (detail) => {
      throw unfit('accounts.csv', detail, at);
    });
    found.push(...accounts);
  }
  const [one, other] = found;
  if (other !== undefined)
    throw new TargetError('refused', `${found.length} accounts go by that id or name; say which by its account_id`);
  const holdings = new Set<string>();
  if (one !== undefined)
    for await (const values of files.rows('holdings'))
      if (values[0] === one.nativeId && values[1] !== undefined) holdings.add(values[1]);
  return { account: one, holdings: [...holdings] };
}

/** Whether the system has an entitlement of that id. */
export async function knowsEntitlement(files: ExportFiles, entitlement: string): Promise<boolean> {
  let known = false;
  for await (const values of files.rows('entitlements')) known ||= values[0] === entitlement;
  return known;
}
