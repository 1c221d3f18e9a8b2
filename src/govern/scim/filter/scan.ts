import { refusal } from '../errors.ts';
import type { Dialect, Literal } from './model.ts';

const PATH = /urn:[\w.:$-]+|[A-Za-z$][\w$-]*(?:\.[A-Za-z$][\w$-]*)?/iy;
const WORD = /[A-Za-z]+/y;
// oxlint-disable-next-line no-control-regex -- a JSON string has none, and one that has is refused
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const KEYWORD = /(?:true|false|null)/y;
const BARE = /[\p{L}\p{N}][^\s()[\]"\\]*/uy;
/** What may stand behind a value. */
const AFTER = /^(?:$|[ )\]])/;

/** Reads a filter or a path from left to right. Every refusal says where it stopped, never what stood there. */
export class Scanner {
  readonly text: string;
  readonly #refuses: Dialect['refuses'];
  at = 0;

  constructor(text: string, refuses: Dialect['refuses']) {
    this.text = text;
    this.#refuses = refuses;
  }

  refuse(detail: string): Error {
    return refusal(
      this.#refuses,
      `${this.#refuses === 'invalidPath' ? 'the path' : 'the filter'} ${detail}, at character ${this.at + 1}`,
    );
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  space(): void {
    while (this.text[this.at] === ' ') this.at += 1;
  }

  /** At least one blank. */
  gap(): void {
    if (this.text[this.at] !== ' ') throw this.refuse('ends too soon, or lacks a blank');
    this.space();
  }

  take(sign: string): boolean {
    if (this.text[this.at] !== sign) return false;
    this.at += 1;
    return true;
  }

  expect(sign: string): void {
    if (!this.take(sign)) throw this.refuse(`lacks a ${sign}`);
  }

  /** `and` or `or` with a blank or a parenthesis on either side. */
  takeWord(word: string): boolean {
    const before = this.at;
    this.space();
    const apart = this.at > before || /[)\]]/.test(this.text[before - 1] ?? '');
    const end = this.at + word.length;
    const found = this.text.slice(this.at, end).toLowerCase() === word && /^[ (]/.test(this.text.slice(end));
    if (!apart || !found) {
      this.at = before;
      return false;
    }
    this.at = end;
    return true;
  }

  /** `not` before a parenthesis; anything else of that name is an attribute. */
  takeNot(): boolean {
    const found = /^not *(?=\()/i.exec(this.text.slice(this.at, this.at + 100))?.[0];
    if (found === undefined) return false;
    this.at += found.length;
    return true;
  }

  path(): string {
    const found = this.#match(PATH);
    if (found === undefined) throw this.refuse('has no attribute name where one is due');
    return found;
  }

  word(): string {
    return this.#match(WORD) ?? '';
  }

  /** A JSON string, number, true, false or null. */
  literal(bareWords: boolean): Literal {
    const start = this.at;
    const text = this.#match(STRING);
    if (text !== undefined && this.#after()) return JSON.parse(text) as string;
    this.at = start;
    const json = this.#match(KEYWORD) ?? this.#match(NUMBER);
    if (json !== undefined && this.#after()) return JSON.parse(json) as Literal;
    this.at = start;
    const bare = bareWords ? this.#match(BARE) : undefined;
    if (bare !== undefined && this.#after()) return bare;
    this.at = start;
    throw this.refuse('compares with what is no JSON value');
  }

  #after(): boolean {
    return AFTER.test(this.text.slice(this.at, this.at + 1));
  }

  end(): void {
    this.space();
    if (this.at < this.text.length) throw this.refuse('goes on where it should end');
  }
}
