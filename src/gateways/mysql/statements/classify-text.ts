import { rememberTexts } from '../../database/index.ts';
import { cutIntoWords, type Word } from './cut-into-words.ts';
import { parseSql } from './parse-sql.ts';
import { plainText } from './plain-text.ts';
import { TreeReader } from './read-tree.ts';
import type { TextClass } from './text-class.ts';

/** Longer ones would keep everybody else waiting while they are read. */
const LONGEST = 64 * 1024;

const NOTHING: TextClass = {
  unreadable: false,
  writes: false,
  ddl: false,
  unbounded: false,
  opaque: false,
  tables: [],
  sets: [],
  uses: false,
};
const UNREADABLE: TextClass = { ...NOTHING, unreadable: true };

/** Reads a text; what was read lately is remembered. Of a versioned comment both is read: that the server takes it, and that it does not. */
export const classifyText = rememberTexts((text: string): TextClass => {
  if (text.length > LONGEST) return UNREADABLE;
  try {
    const words = cutIntoWords(text);
    const openings = new Set(words.flatMap(({ opening }) => opening ?? []));
    if (openings.size === 0) return read(words, 'out');
    // of comments of several versions the server might take some
    return openings.size > 1 ? UNREADABLE : both(read(words, 'in'), read(words, 'out'));
  } catch {
    return UNREADABLE;
  }
});

function read(words: readonly Word[], versioned: 'in' | 'out'): TextClass {
  const plain = plainText(words, versioned, cutIntoWords);
  if (plain === undefined) return UNREADABLE;
  if (plain === '') return NOTHING;
  const statements = parseSql(plain);
  if (statements === undefined) return UNREADABLE;
  const reader = new TreeReader();
  for (const statement of statements) reader.statement(statement);
  return { ...reader.found(), unreadable: false };
}

const both = (a: TextClass, b: TextClass): TextClass => ({
  unreadable: a.unreadable || b.unreadable,
  writes: a.writes || b.writes,
  ddl: a.ddl || b.ddl,
  unbounded: a.unbounded || b.unbounded,
  opaque: a.opaque || b.opaque,
  tables: [...a.tables, ...b.tables],
  sets: [...a.sets, ...b.sets],
  uses: a.uses || b.uses,
});
