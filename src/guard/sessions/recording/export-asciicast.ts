import type { Line, Manifest } from './format.ts';
import { InertOutput } from './inert-output.ts';

const COLS = 80;
const ROWS = 24;

/**
 * A recording as asciicast v3 (docs.asciinema.org/manual/asciicast/v3): one time line of all channels, each begun
 * with a marker. Output is made inert first, so that playing it does nothing but show.
 */
export async function exportAsciicast(manifest: Manifest, lines: AsyncIterable<Line>): Promise<string> {
  const inert = new Map<number, InertOutput>();
  const terminals = new Set<number>();
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
      if (line.cols !== undefined && line.rows !== undefined) {
        terminals.add(line.c);
        if (size === undefined) size = { cols: line.cols, rows: line.rows };
        else put(line.t, 'r', `${line.cols}x${line.rows}`);
      }
      put(
        line.t,
        'm',
        new InertOutput().write(line.command === undefined ? line.kind : `${line.kind}: ${line.command}`),
      );
    } else if (line.k === 'o') {
      const filter = inert.get(line.c) ?? new InertOutput();
      inert.set(line.c, filter);
      const shown = filter.write(line.d);
      if (shown !== '') put(line.t, 'o', terminals.has(line.c) ? shown : shown.replaceAll(/\r?\n/g, '\r\n'));
    } else if (line.k === 'r') put(line.t, 'r', `${line.cols}x${line.rows}`);
    else if (line.k === 'digest')
      put(line.t, 'm', `further output is kept as its SHA-256 only, after ${line.after} bytes`);
    else if (line.k === 'end')
      put(
        line.t,
        'm',
        `ended${line.code === undefined ? '' : `, exit ${line.code}`}; ${line.bytesOut} bytes, sha256 ${line.sha256}`,
      );
  }
  const header = {
    version: 3,
    term: size ?? { cols: COLS, rows: ROWS },
    timestamp: Math.floor(new Date(manifest.startedAt).getTime() / 1000),
    title: manifest.title,
  };
  return `${[JSON.stringify(header), ...events].join('\n')}\n`;
}
