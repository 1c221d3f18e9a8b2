import { refusal } from '../errors.ts';
import type { Comparison, Dialect, Filter } from './model.ts';
import { Scanner } from './scan.ts';

const LONGEST = 10_000;
const DEEPEST = 40;
const MOST_TERMS = 200;
const OPERATORS = new Set<string>(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']);

/** Parses a whole filter by the grammar of RFC 7644 §3.4.2.2: `not` binds tighter than `and`, `and` than `or`. */
export function parseFilter(text: string, dialect: Dialect): Filter {
  if (text.length > LONGEST) throw refusal(dialect.refuses, `a filter has at most ${LONGEST} characters`);
  const parser = new FilterParser(new Scanner(text, dialect.refuses), dialect);
  const filter = parser.filter();
  parser.scanner.end();
  return filter;
}

/** Parses filters where a scanner stands; a PATCH path uses it for what is between its brackets. */
export class FilterParser {
  readonly scanner: Scanner;
  readonly #dialect: Dialect;
  #terms = 0;

  constructor(scanner: Scanner, dialect: Dialect) {
    this.scanner = scanner;
    this.#dialect = dialect;
  }

  /** One filter, inside brackets or not. `inside`: of a value, so that no further brackets may open. */
  filter(inside = false, depth = 0): Filter {
    if (depth > DEEPEST) throw this.scanner.refuse(`nests deeper than ${DEEPEST}`);
    return this.#chain('or', () => this.#chain('and', () => this.#factor(inside, depth)));
  }

  #chain(word: 'and' | 'or', next: () => Filter): Filter {
    const parts = [next()];
    while (this.scanner.takeWord(word)) parts.push(next());
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { op: word, parts };
  }

  #factor(inside: boolean, depth: number): Filter {
    const { scanner } = this;
    scanner.space();
    if (scanner.takeNot()) {
      scanner.expect('(');
      return { op: 'not', part: this.#group(inside, depth) };
    }
    if (scanner.take('(')) return this.#group(inside, depth);
    this.#terms += 1;
    if (this.#terms > MOST_TERMS) throw scanner.refuse(`has more than ${MOST_TERMS} terms`);
    const path = scanner.path();
    if (scanner.take('[')) {
      if (inside) throw scanner.refuse('opens a bracket inside a bracket');
      return { op: 'has', path, where: this.brackets(depth) };
    }
    return this.#comparison(path);
  }

  #group(inside: boolean, depth: number): Filter {
    const filter = this.filter(inside, depth + 1);
    this.scanner.space();
    this.scanner.expect(')');
    return filter;
  }

  /** What is between `[` (already taken) and `]`. */
  brackets(depth = 0): Filter {
    const where = this.filter(true, depth + 1);
    this.scanner.space();
    this.scanner.expect(']');
    return where;
  }

  #comparison(path: string): Filter {
    const { scanner } = this;
    scanner.gap();
    const word = scanner.word().toLowerCase();
    if (word === 'pr') return { op: 'pr', path };
    if (!OPERATORS.has(word)) throw scanner.refuse(`has no operator where one is due`);
    scanner.gap();
    return { op: 'compare', path, how: word as Comparison, value: scanner.literal(this.#dialect.bareWords) };
  }
}
