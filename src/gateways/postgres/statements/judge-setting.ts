import type { StatementRules } from '../../port.ts';

const YES = /^(?:on|true|t|yes|y|1)$/i;
const SAFE_ENCODING =
  /^(?:utf-?8|unicode|latin\d+|iso[-_]?8859[-_]?\d+|win125\d|windows-?125\d|sql_ascii|koi8-?[ru]?|euc_\w+)$/i;

export const UTF8 = /^(?:utf-?8|unicode)$/i;
/** Whether the same bytes of a denied name could be another name in another encoding. */
export const deniesBeyondAscii = (rules: StatementRules): boolean =>
  rules.denyTables.some((table) => /[\u0080-\uffff]/.test(table));

/** Why something may not be set for a session under rules; undefined: it may be. A value that is not plain is undefined. */
export function judgeSetting(name: string, value: string | undefined, rules: StatementRules): string | undefined {
  switch (name) {
    case 'standard_conforming_strings':
      return value !== undefined && YES.test(value) ? undefined : 'strings have to stay as the standard has them';
    case 'client_encoding':
      return value !== undefined && (deniesBeyondAscii(rules) ? UTF8 : SAFE_ENCODING).test(value)
        ? undefined
        : 'this encoding is not read for sure';
    case 'transaction_read_only':
    case 'default_transaction_read_only':
      return !rules.readOnly || (value !== undefined && YES.test(value))
        ? undefined
        : 'this access is for reading only';
    case 'role':
    case 'session_authorization':
      return rules.keepRole ? 'this access is for one role' : undefined;
    case 'search_path':
      return rules.denyTables.length > 0 ? 'tables are denied by name: the search path has to stay' : undefined;
    case 'local_preload_libraries':
    case 'session_preload_libraries':
      return 'it would run what cannot be seen';
    default:
      return undefined;
  }
}
