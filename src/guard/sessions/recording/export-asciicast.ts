import { StringDecoder } from 'node:string_decoder';
import type { Line, Manifest, OutputLine } from './format.ts';
import { InertOutput } from './inert-output.ts';

const COLS = 80;
const ROWS = 24;

/**
 * A recording as asciicast v3 (docs.asciinema.org/manual/asciicast/v3): one time line of all channels, each begun
 * with a marker. Output is made inert first, so that playing it does nothing but show; what is not text is told by a
 * marker and not shown.
 */
export async function exportAsciicast(manifest: Manifest, lines: AsyncIterable<Line>): Promise<string> {
  const channels = new Map<number, ShownChannel>();
  let size: { cols: number; rows: number } | undefined;
  let last = 0;
  const events: string[] = [];
  const put = (t: number, code: string, data: string): void => {
    const interval = Math.max(0, t - last) / 1000;
    last = Math.max(last, t);
    events.push(JSON.stringify([Number(interval.toFixed(3)), code, data]));
  };
  for await (const line of lines) {
    if (line.k === 'start') {
      const terminal = line.cols !== undefined && line.rows !== undefined;
      channels.set(line.c, new ShownChannel(terminal, line.kind === 'shell' || line.kind === 'exec'));
      if (line.cols !== undefined && line.rows !== undefined) {
        if (size === undefined) size = { cols: line.cols, rows: line.rows };
        else put(line.t, 'r', `${line.cols}x${line.rows}`);
      }
      const what = line.command === undefined ? line.kind : `${line.kind}: ${line.command}`;
      put(line.t, 'm', new InertOutput().write(what));
    } else if (line.k === 'o') {
      const shown = channels.get(line.c)?.show(line) ?? '';
      if (typeof shown !== 'string') put(line.t, 'm', shown.marker);
      else if (shown !== '') put(line.t, 'o', shown);
    } else if (line.k === 'r') put(line.t, 'r', `${line.cols}x${line.rows}`);
    else if (line.k === 'digest')
      put(line.t, 'm', `further output is kept as its SHA-256 only, after ${line.after} bytes`);
    else if (line.k === 'end') put(line.t, 'm', endOf(line));
  }
  const header = {
    version: 3,
    // a terminal may say it has no size, and a player needs one
    term: { cols: size?.cols || COLS, rows: size?.rows || ROWS },
    timestamp: Math.floor(new Date(manifest.startedAt).getTime() / 1000),
    title: manifest.title,
  };
  return `${[JSON.stringify(header), ...events].join('\n')}\n`;
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
