import { AppError } from '#kit/errors/index.ts';
import type { Line, Manifest } from './format.ts';
import { InertOutput } from './inert-output.ts';
import { DamagedChunk } from './read-chunks.ts';
import { ShownLines, type Shown } from './shown-lines.ts';

const COLS = 80;
const ROWS = 24;

/**
 * A recording as asciicast v3 (docs.asciinema.org/manual/asciicast/v3): one time line of all channels, each begun
 * with a marker. Output is made inert first, so that playing it does nothing but show; what is not text is told by a
 * marker and not shown. Of a damaged recording it is all that comes before the damage, and a marker that says so;
 * throws `integrity.recording` where nothing does.
 */
export async function exportAsciicast(manifest: Manifest, lines: AsyncIterable<Line>): Promise<string> {
  const shown = new ShownLines();
  let last = 0;
  const events: string[] = [];
  const put = ({ t, code, data }: Shown): void => {
    const interval = Math.max(0, t - last) / 1000;
    last = Math.max(last, t);
    events.push(JSON.stringify([Number(interval.toFixed(3)), code, data]));
  };
  try {
    for await (const line of lines) for (const one of shown.take(line)) put(one);
  } catch (error) {
    if (!(error instanceof DamagedChunk)) throw error;
    if (events.length === 0) throw damaged(error);
    put({ t: last, code: 'm', data: `damaged from here on, and not shown: ${error.message}` });
  }
  const header = {
    version: 3,
    // a terminal may say it has no size, and a player needs one
    term: { cols: shown.size?.cols || COLS, rows: shown.size?.rows || ROWS },
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
