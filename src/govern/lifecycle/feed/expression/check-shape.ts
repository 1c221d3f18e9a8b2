import type { ASTNode } from '@marcbachmann/cel-js';
import { distance } from 'fastest-levenshtein';
import { isTimeZone } from '../day-start.ts';
import { ExpressionError } from './expression-error.ts';
import { patternOf, SPELLINGS } from './functions.ts';
import { isDayForm } from './read-day.ts';

const FUNCTIONS = new Set(
  'lower upper title trim replace split join before after left right pad ascii day dayOf lastDay matches coalesce fail has size string int bool'.split(
    ' ',
  ),
);
const METHODS = new Set('startsWith endsWith contains size indexOf lastIndexOf substring'.split(' '));
const INFIX = new Set('+ - * / % == != < <= > >= && || in'.split(' '));
const REPEATING = new Set(['map', 'filter', 'all', 'exists', 'exists_one']);
/** Longest pattern, in characters. */
const LONGEST_PATTERN = 200;

/** What an expression reads, found by looking at it. */
export interface Shape {
  /** Names of columns, as they are written in it. */
  readonly columns: readonly string[];
}

const isNode = (value: unknown): value is ASTNode => typeof value === 'object' && value !== null && 'op' in value;

/**
 * Allows what costs no more than its own length: texts, operators, a choice, a look into a list or a table, and the
 * functions named here. Everything that repeats (map, filter, all, exists) or names a value to use it twice (bind) is
 * refused, so that no expression is slower than its length, whatever a row says. Columns are named in the expression,
 * never computed: a delivery without one of them is refused, and that has to be known beforehand.
 */
export function checkShape(ast: ASTNode): Shape {
  const columns = new Set<string>();
  const visit = (node: ASTNode): void => {
    switch (node.op) {
      case 'value':
        return;
      case 'id':
        if (node.args === 'row') throw refused(node, '`row` stands for no value by itself', 'name a column: row.email');
        throw refused(node, `\`${node.args}\` is nothing an expression knows`, `name a column: row.${node.args}`);
      case '.':
      case '[]': {
        const name = columnOf(node);
        if (name !== undefined) columns.add(name);
        else if (node.op === '[]') node.args.forEach(visit);
        else throw refused(node, `\`.${node.args[1]}\` is no column and no method`, 'name a column: row.email');
        return;
      }
      case 'call':
        checkCall(node.args[0], node.args[1], node);
        node.args[1].forEach(visit);
        return;
      case 'rcall':
        if (!METHODS.has(node.args[0])) throw unknown(node, node.args[0]);
        visit(node.args[1]);
        node.args[2].forEach(visit);
        return;
      case 'list':
        node.args.forEach(visit);
        return;
      case 'map':
        for (const [key, value] of node.args) [key, value].forEach(visit);
        return;
      case '?:':
        node.args.forEach(visit);
        return;
      case '!_':
      case '-_':
        visit(node.args);
        return;
      default:
        if (!INFIX.has(node.op))
          throw refused(node, `\`${node.op}\` cannot be used here`, 'see docs/how-to/feed-people.md');
        for (const side of node.args as readonly unknown[]) if (isNode(side)) visit(side);
    }
  };
  visit(ast);
  return { columns: [...columns] };
}

/** `row.email` and `row["e-mail"]` name a column. */
function columnOf(node: ASTNode & { readonly op: '.' | '[]' }): string | undefined {
  const [left, right] = node.args as [ASTNode, ASTNode | string];
  if (left.op !== 'id' || left.args !== 'row') return undefined;
  if (typeof right === 'string') return right;
  if (right.op === 'value' && typeof right.args === 'string') return right.args;
  throw refused(right, 'the name of a column cannot be computed', 'name it: row["e-mail"]');
}

/** What a function takes as a text in the expression itself, so that it can be looked at now. */
function checkCall(name: string, args: readonly ASTNode[], node: ASTNode): void {
  if (!FUNCTIONS.has(name)) throw unknown(node, name);
  const text = (at: number, what: string): { readonly said: string; readonly at: ASTNode } | undefined => {
    const arg = args[at];
    if (arg === undefined) return undefined;
    if (arg.op !== 'value' || typeof arg.args !== 'string')
      throw refused(arg, `${what} of ${name} is written in the expression, not computed`, 'write it in quotes');
    return { said: arg.args, at: arg };
  };
  if (name === 'matches') {
    const pattern = text(1, 'the pattern');
    if (pattern === undefined) return;
    if (pattern.said.length > LONGEST_PATTERN)
      throw refused(pattern.at, `the pattern is longer than ${LONGEST_PATTERN} characters`, 'match less');
    try {
      patternOf(pattern.said);
    } catch (error) {
      const why = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
      throw refused(
        pattern.at,
        `the pattern is none of RE2's: ${why}`,
        'see https://github.com/google/re2/wiki/Syntax',
      );
    }
  }
  if (name === 'day') {
    const form = text(1, 'the form');
    if (form !== undefined && !isDayForm(form.said))
      throw refused(form.at, 'the form names no year, month and day', "write it like 'dd.MM.yyyy' or 'M/d/yyyy'");
  }
  if (name === 'dayOf' || name === 'lastDay') {
    const zone = text(1, 'the time zone');
    if (zone !== undefined && !isTimeZone(zone.said))
      throw refused(zone.at, 'the time zone is not known', 'use an IANA name, for instance "Europe/Amsterdam"');
  }
  if (name === 'ascii') {
    const language = text(1, 'the language');
    if (language !== undefined && !Object.hasOwn(SPELLINGS, language.said))
      throw refused(language.at, 'the language is not known', `one of ${Object.keys(SPELLINGS).join(', ')}, or none`);
  }
  if (name === 'fail') text(0, 'the reason');
}

function unknown(node: ASTNode, name: string): ExpressionError {
  const near = [...FUNCTIONS].sort((a, b) => distance(a, name) - distance(b, name))[0] ?? 'lower';
  if (name === 'matches') return refused(node, '`matches` is no method here', 'write matches(text, "pattern")');
  if (REPEATING.has(name))
    return refused(node, 'nothing is repeated over a list here', 'there are join(…), split(…)[0] and "x" in split(…)');
  const fix = distance(near, name) <= 2 ? `is ${near}(…) meant?` : `there are ${[...FUNCTIONS].sort().join(', ')}`;
  return refused(node, `there is no function \`${name}\` here`, fix);
}

const refused = (node: ASTNode, detail: string, fix: string): ExpressionError =>
  new ExpressionError(detail, node.range.start + 1, fix);
