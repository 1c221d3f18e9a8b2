import { StringDecoder } from 'node:string_decoder';
import { AppError } from '#kit/errors/index.ts';
import type { Line, Manifest, OutputLine } from './format.ts';
import { InertOutput } from './inert-output.ts';
import { DamagedChunk } from './read-chunks.ts';

const COLS = 80;
const ROWS = 24;

/**
 * A recording as asciicast v3 (docs.asciinema.org/manual/asciicast/v3): one time line of all channels, each begun
 * with a marker. Output is made inert first, so that playing it does nothing but show; what is not text is told by a
 * marker and not shown. Of a damaged recording it is all that comes before the damage, and a marker that says so;
 * throws `integrity.recording` where nothing does.
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
  const take = (line: Line): void => {
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
  };
  try {
    for await (const line of lines) take(line);
  } catch (error) {
    if (!(error instanceof DamagedChunk)) throw error;
    if (events.length === 0) throw damaged(error);
    put(last, 'm', `damaged from here on, and not shown: ${error.message}`);
  }
  const header = {
    version: 3,
    // a terminal may say it has no size, and a player needs one
    term: { cols: size?.cols || COLS, rows: size?.rows || ROWS },
    timestamp: Math.floor(new Date(manifest.startedAt).getTime() / 1000),
    title: new InertOutput().write(manifest.title),
  };
  return `${[JSON.stringify(header), ...events].join('\n')}\n`;
}

const damaged = (cause: DamagedChunk): AppError =>
  new AppError({
    code: 'integrity.recording',
    status: 500,
    detail: `nothing of this recording can be shown: ${cause.message}`,
    fix: 'keep its folder as it is, and compare it with a backup',
    cause,
  });

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
