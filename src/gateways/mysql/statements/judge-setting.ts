import type { StatementRules } from '../../port.ts';
import { SOME_STRING } from './plain-text.ts';

const YES = /^(?:on|true|1)$/i;
const UTF8 = /^utf8(?:mb3|mb4)?$/i;
/** Modes in which strings, names or comments are cut otherwise; some of them are short for several. */
const READS_OTHERWISE = /ansi|no_backslash_escapes|oracle|mssql|db2|maxdb|postgresql/i;

/** Whether statements are read otherwise under this sql_mode than they are judged; unknown: they may be. */
export const readsOtherwise = (mode: string | undefined): boolean =>
  mode === undefined || mode === SOME_STRING || READS_OTHERWISE.test(mode) || /^\d+$/.test(mode);

/** Whether a character set, as the server calls it, is UTF-8: what the client logged in with may not be what it took. */
export const isUtf8Charset = (name: string | undefined): boolean => name !== undefined && UTF8.test(name);

/** Why something may not be set for a session under rules; undefined: it may be. A value that is not plain is undefined. */
export function judgeSetting(name: string, value: string | undefined, rules: StatementRules): string | undefined {
  switch (name) {
    case 'sql_mode':
      // what the server has as its default may have changed since this session began
      return readsOtherwise(value) || value?.toLowerCase() === 'default'
        ? 'strings and names have to be read as they are now'
        : undefined;
    case 'character_set_client':
    case 'charset':
      return isUtf8Charset(value) ? undefined : 'this character set is not read for sure';
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
