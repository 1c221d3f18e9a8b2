import { isUtf8 } from 'node:buffer';
import { deniedTable, type Judge } from '../../database/index.ts';
import type { StatementRules } from '../../port.ts';
import { classifyText } from './classify-text.ts';
import { isUtf8Charset, judgeSetting, readsOtherwise } from './judge-setting.ts';
import { useOf } from './what-it-ends.ts';

/** System variables of a target that say how it reads statements. */
export const READING = ['sql_mode', 'character_set_client'] as const;

/** What a verdict depends on besides rules and text. */
export interface ReadBy {
  /** Of the target's session, as it began. */
  readonly variables: ReadonlyMap<string, string>;
  /** The current database; undefined: none. */
  readonly database: () => string | undefined;
}

/** What the rules of a session say of each of its statements. What the verdict depends on cannot be set anew while rules hold. */
export function judgeOf(rules: StatementRules | undefined, by: ReadBy): Judge {
  if (rules === undefined) return () => undefined;
  const denied = rules.denyTables.map((table) => table.toLowerCase());
  const otherwise = readsOtherwise(by.variables.get('sql_mode'));
  const utf8 = isUtf8Charset(by.variables.get('character_set_client'));
  return (raw, text) => {
    if (otherwise) return 'the sql_mode of this server has strings and names read otherwise than can be judged';
    // in another character set such a byte may be a space, or the half of a letter whose other half is a quote
    if (raw.some((byte) => byte >= 0x80) && !(utf8 && isUtf8(raw)))
      return 'its characters cannot be read for sure in this character set';
    const found = classifyText(text);
    if (found.unreadable) return 'it cannot be read, and there are rules for what statements may be';
    if (found.opaque) return 'what it runs cannot be seen, and there are rules for what statements may be';
    if (found.uses && useOf(text) === undefined)
      return 'another database is made the current one by a statement of its own, without comments of versions';
    for (const [name, value] of found.sets) {
      const refused = judgeSetting(name, value, rules);
      if (refused !== undefined) return refused;
    }
    if (rules.readOnly && found.writes) return 'this access is for reading only';
    if (rules.noDdl && found.ddl) return 'this access does not change tables, roles or grants';
    if (rules.whereNeeded && found.unbounded) return 'it changes every row: it needs a where that looks at them';
    return deniedTable(tablesOf(found.tables, by.database()?.toLowerCase(), denied), denied);
  };
}

/** The tables that names come to, given the current database. */
function tablesOf(
  names: readonly string[],
  database: string | undefined,
  denied: readonly string[],
): readonly string[] {
  return names.flatMap((name) => {
    if (name.startsWith('?')) {
      const word = name.slice(1);
      const here = database === undefined ? [] : [`${database}.${word}`];
      return [...here, ...denied.filter((one) => one.split('.').includes(word))];
    }
    return name.includes('.') || database === undefined ? name : `${database}.${name}`;
  });
}
