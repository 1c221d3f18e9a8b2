import { StringDecoder } from 'node:string_decoder';
import type { Line, OutputLine } from './format.ts';
import { InertOutput } from './inert-output.ts';
import { shownStatement } from './show-statement.ts';

/** Something to show, `t` milliseconds after the session began: output, a marker, or a new size of the terminal. */
export interface Shown {
  readonly t: number;
  readonly code: 'o' | 'm' | 'r';
  readonly data: string;
}

/**
 * Turns lines of a recording into what can be shown: one time line of all channels, each begun with a marker. Output is
 * made inert first, so that playing it does nothing but show; what is not text is told by a marker and not shown. May
 * begin in the middle of a recording: a channel it has not seen begin is taken for a terminal.
 */
export class ShownLines {
  readonly #channels = new Map<number, ShownChannel>();
  readonly #texts = new Map<string, string>();
  #size: { readonly cols: number; readonly rows: number } | undefined;

  /** Of the first terminal there was. */
  get size(): { readonly cols: number; readonly rows: number } | undefined {
    return this.#size;
  }

  take(line: Line): readonly Shown[] {
    switch (line.k) {
      case 'start':
        return this.#begin(line);
      case 'o': {
        const shown = this.#channel(line.c).show(line);
        if (typeof shown !== 'string') return [{ t: line.t, code: 'm', data: shown.marker }];
        return shown === '' ? [] : [{ t: line.t, code: 'o', data: shown }];
      }
      case 'r':
        return [{ t: line.t, code: 'r', data: `${line.cols}x${line.rows}` }];
      case 'digest': {
        const data = `further output is kept as its SHA-256 only, after ${line.after} bytes`;
        return [{ t: line.t, code: 'm', data }];
      }
      case 'end':
        return [{ t: line.t, code: 'm', data: endOf(line) }];
      case 'text':
      case 'q':
      case 'd': {
        const text = shownStatement(this.#texts, line);
        if (text === '') return [];
        return [{ t: line.t, code: 'o', data: new InertOutput().write(text).replaceAll(/\r?\n/g, '\r\n') }];
      }
      case 'file': {
        const data = new InertOutput().write(`${line.act} ${line.path}: the file is kept`);
        return [{ t: line.t, code: 'm', data: data.replaceAll(/[\r\n]/gu, ' ') }];
      }
      case 'piece':
      case 'moved':
      case 'finish':
        return [];
    }
  }

  #begin(line: Line & { readonly k: 'start' }): readonly Shown[] {
    const { t, cols, rows } = line;
    const terminal = cols !== undefined && rows !== undefined;
    this.#channels.set(line.c, new ShownChannel(terminal, line.kind === 'shell' || line.kind === 'exec'));
    const what = line.command === undefined ? line.kind : `${line.kind}: ${line.command}`;
    const marker: Shown = { t, code: 'm', data: new InertOutput().write(what) };
    if (!terminal) return [marker];
    if (this.#size !== undefined) return [{ t, code: 'r', data: `${cols}x${rows}` }, marker];
    this.#size = { cols, rows };
    return [marker];
  }

  #channel(c: number): ShownChannel {
    const known = this.#channels.get(c) ?? new ShownChannel(true, true);
    this.#channels.set(c, known);
    return known;
  }
}

function endOf(line: Line & { readonly k: 'end' }): string {
  const how =
    line.signal === undefined ? (line.code === undefined ? '' : `, exit ${line.code}`) : `, signal ${line.signal}`;
  return `ended${how}; ${line.bytesOut} bytes, sha256 ${line.sha256}`;
}

/** What of one channel can be shown: text, its two streams decoded and made inert each for itself. */
class ShownChannel {
  readonly #terminal: boolean;
  readonly #streams = { out: stream(), err: stream() };
  #state: 'text' | 'binary' | 'told';

  constructor(terminal: boolean, mayBeText: boolean) {
    this.#terminal = terminal;
    this.#state = mayBeText ? 'text' : 'binary';
  }

  show(line: OutputLine): string | { readonly marker: string } {
    if (this.#state === 'text' && !this.#terminal && line.data.includes(0)) this.#state = 'binary';
    if (this.#state === 'told') return '';
    if (this.#state === 'binary') {
      this.#state = 'told';
      return { marker: 'what follows is not text and is not shown; it is in the recording' };
    }
    const { decoder, inert } = line.e === true ? this.#streams.err : this.#streams.out;
    const text = inert.write(decoder.write(line.data));
    return this.#terminal ? text : text.replaceAll(/\r?\n/g, '\r\n');
  }
}

const stream = () => ({ decoder: new StringDecoder('utf8'), inert: new InertOutput() });
