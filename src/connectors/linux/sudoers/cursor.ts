/** A reader over one logical sudoers line. Every regular expression is anchored and without nested repetition. */
export class Cursor {
  readonly #text: string;
  readonly #complain: (why: string) => never;
  at = 0;

  constructor(text: string, complain: (why: string) => never) {
    this.#text = text;
    this.#complain = complain;
  }

  fail(why: string): never {
    return this.#complain(why);
  }

  peek(pattern: RegExp): boolean {
    return pattern.test(this.#text.slice(this.at));
  }

  take(pattern: RegExp): RegExpExecArray | undefined {
    const match = pattern.exec(this.#text.slice(this.at));
    if (!match) return undefined;
    this.at += match[0].length;
    return match;
  }

  expect(pattern: RegExp, what: string): RegExpExecArray {
    return this.take(pattern) ?? this.fail(`expected ${what} at \`${this.#text.slice(this.at, this.at + 20)}\``);
  }

  since(from: number): string {
    return this.#text.slice(from, this.at);
  }

  rest(): string {
    const text = this.#text.slice(this.at);
    this.at = this.#text.length;
    return text;
  }

  end(): void {
    if (!/^\s*$/u.test(this.#text.slice(this.at)))
      this.fail(`unexpected \`${this.#text.slice(this.at, this.at + 20).trim()}\``);
  }

  /** A user, group, netgroup, host or alias name; quotes and escapes resolved, the sigil kept. */
  name(): string {
    const sigil = this.take(/^(?:%:#|%:|%#|%|\+|#)/u)?.[0] ?? '';
    const quoted = this.take(/^"([^"]*)"/u);
    if (quoted) return sigil + unescape(quoted[1] ?? '');
    const plain = this.take(/^(?:\\.|[^\s,=:()!"\\])+/u)?.[0];
    if (plain === undefined) return this.fail(`expected a name at \`${this.#text.slice(this.at, this.at + 20)}\``);
    // `"…"` may also hold the sigil; an escaped sigil is part of the name, and both read the same way here.
    return sigil + unescape(plain);
  }

  /** A command with its arguments, up to an unescaped comma or colon. Inside a `^…$` expression both are ordinary. */
  command(): string {
    const text = this.#text;
    let i = this.at;
    const from = i;
    let expression = false;
    for (; i < text.length; i += 1) {
      const char = text[i] ?? '';
      if (char === '\\') i += 1;
      else if (expression) {
        if (char === '$' && /^(?:[\s,:]|$)/u.test(text.slice(i + 1, i + 2))) expression = false;
      } else if (char === '^' && (i === from || /\s/u.test(text[i - 1] ?? ''))) expression = true;
      else if (char === ',' || char === ':') break;
    }
    this.at = Math.min(i, text.length);
    const command = text.slice(from, this.at).trim().replace(/\s+/gu, ' ');
    if (!/^(?:\/|\^|ALL$|sudoedit(?: |$)|list(?: |$)|[A-Z][A-Z0-9_]*$)/u.test(command))
      this.fail(`\`${command.slice(0, 40)}\` is not a command`);
    return command;
  }
}

const unescape = (text: string): string => text.replace(/\\(.)/gu, '$1');
