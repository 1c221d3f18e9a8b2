import type { StatementRules } from '../../port.ts';

const YES = /^(?:on|true|1)$/i;
const UTF8 = /^utf8(?:mb3|mb4)?$/i;
/** Modes in which strings, names or comments are cut otherwise; some of them are short for several. */
const READS_OTHERWISE = /ansi|no_backslash_escapes|oracle|mssql|db2|maxdb|postgresql/i;

/** Whether statements are read otherwise under this sql_mode than they are judged; unknown: they may be. */
export const readsOtherwise = (mode: string | undefined): boolean =>
  mode === undefined || READS_OTHERWISE.test(mode) || /^\d+$/.test(mode);

/** Why something may not be set for a session under rules; undefined: it may be. A value that is not plain is undefined. */
export function judgeSetting(name: string, value: string | undefined, rules: StatementRules): string | undefined {
  switch (name) {
    case 'sql_mode':
      return readsOtherwise(value) ? 'strings and names have to be read as they are now' : undefined;
    case 'character_set_client':
    case 'charset':
      return value !== undefined && UTF8.test(value) ? undefined : 'this character set is not read for sure';
    case 'transaction_read_only':
    case 'tx_read_only':
      return !rules.readOnly || (value !== undefined && YES.test(value))
        ? undefined
        : 'this access is for reading only';
    case 'role':
      return rules.keepRole ? 'this access is for one role' : undefined;
    default:
      return undefined;
  }
}
