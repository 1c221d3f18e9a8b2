import { deniedTable, type Judge } from '../../database/index.ts';
import type { StatementRules } from '../../port.ts';
import { classifyText } from './classify-text.ts';
import { deniesBeyondAscii, judgeSetting, UTF8 } from './judge-setting.ts';

/** Encodings in which a byte of a longer character can look like a quote or a backslash. */
const UNSAFE_ENCODING = /^(?:sjis|shift_jis|big5|gbk|uhc|gb18030|johab)/i;

/**
 * What the rules of a session say of each of its statements. `parameters` are what the target said of itself at the
 * start; what they depend on cannot be set anew while rules hold.
 */
export function judgeOf(rules: StatementRules | undefined, parameters: ReadonlyMap<string, string>): Judge {
  if (rules === undefined) return () => undefined;
  const denied = rules.denyTables.map((table) => table.toLowerCase());
  const bareStrings = parameters.get('standard_conforming_strings') === 'off';
  const encoding = parameters.get('client_encoding') ?? '';
  // the names of tables are read as UTF-8 here
  const unsafe = UNSAFE_ENCODING.test(encoding) || (deniesBeyondAscii(rules) && !UTF8.test(encoding));
  return (raw, text) => {
    // such a text could read otherwise to the target than to the parser here
    if (bareStrings && raw.includes(0x5c))
      return 'a backslash cannot be read for sure while standard_conforming_strings is off';
    if (unsafe && raw.some((byte) => byte >= 0x80))
      return 'its characters cannot be read for sure in this client_encoding';
    const found = classifyText(text);
    if (found.unreadable) return 'it cannot be read, and there are rules for what statements may be';
    if (found.opaque) return 'what it runs cannot be seen, and there are rules for what statements may be';
    for (const [name, value] of found.sets) {
      const refused = judgeSetting(name, value, rules);
      if (refused !== undefined) return refused;
    }
    if (rules.readOnly && found.writes) return 'this access is for reading only';
    if (rules.noDdl && found.ddl) return 'this access does not change tables, roles or grants';
    if (rules.whereNeeded && found.unbounded) return 'it changes every row: it needs a where that looks at them';
    return deniedTable(found.tables, denied);
  };
}
