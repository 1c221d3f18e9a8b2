import type { StatementLine } from './format.ts';

/** A statement as a player shows it: what was asked, then what came of it. Remembers texts in `texts`. */
export function shownStatement(texts: Map<string, string>, line: StatementLine): string {
  if (line.k === 'text') {
    texts.set(`${line.c} ${line.s}`, line.text);
    return '';
  }
  if (line.k === 'q') {
    const values = line.values === undefined ? '' : ` ${JSON.stringify(line.values)}`;
    const refused = line.refused === undefined ? '' : `\n-- refused: ${line.refused}`;
    return `> ${texts.get(`${line.c} ${line.s}`) ?? ''}${values}${refused}\n`;
  }
  if (line.error !== undefined) return `-- ${line.error.code} ${line.error.message} (${line.us} us)\n`;
  return `-- ${line.unanswered === true ? 'not answered' : (line.tag ?? 'done')} (${line.us} us)\n`;
}
