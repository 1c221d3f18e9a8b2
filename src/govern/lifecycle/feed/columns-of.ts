import { compileExpression } from './expression/compile-expression.ts';
import type { FeedMapping } from './model.ts';

/** Every column a mapping reads, each once, as it spells it: nothing else of a row is asked for. */
export function columnsOf({ columns, attributes, expressions, managerBy }: FeedMapping): readonly string[] {
  const plain = [...Object.entries(columns), ...Object.entries(attributes)].flatMap(([name, column]) =>
    column === null || Object.hasOwn(expressions, name) ? [] : [column],
  );
  const read = Object.values(expressions).flatMap((text) => compileExpression(text).columns);
  const found = new Map<string, string>();
  for (const name of [...plain, ...read, ...(managerBy === null ? [] : [managerBy])]) {
    const key = name.trim().normalize('NFC').toLowerCase();
    if (!found.has(key)) found.set(key, name.trim());
  }
  return [...found.values()];
}
