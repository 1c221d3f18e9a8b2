import { TerminalScreen } from '../commands/terminal-screen.ts';
import type { Line, Manifest } from './format.ts';
import { InertOutput } from './inert-output.ts';
import { DamagedChunk } from './read-chunks.ts';
import { ShownLines } from './shown-lines.ts';

/** Where there was no terminal: a line is then as long as it was written. */
const NO_TERMINAL = { cols: 1_000, rows: 1_000 };

/**
 * A recording as text: each line as the terminal showed it when it was left, with the time since the session began. What a
 * program drew on the whole screen is not in it. Of a damaged recording it is all that comes before the damage, and a
 * line that says so.
 */
export async function exportText(manifest: Manifest, lines: AsyncIterable<Line>): Promise<string> {
  const shown = new ShownLines();
  const out: string[] = [`# ${new InertOutput().write(manifest.title)}, ${manifest.startedAt}`];
  let screen: TerminalScreen | undefined;
  let at = 0;
  let whole = false;
  const put = (text: string): void => {
    if (text.trimEnd() !== '') out.push(`${timeOf(at)}  ${text.trimEnd()}`);
  };
  const take = ({ t, code, data }: ReturnType<ShownLines['take']>[number]): void => {
    at = Math.max(at, t);
    if (code === 'm') return void put(`-- ${data.replaceAll('\n', ' ')}`);
    if (code === 'r') {
      const [cols = 0, rows = 0] = data.split('x').map(Number);
      return screen?.resize(cols, rows);
    }
    screen ??= new TerminalScreen(shown.size ?? NO_TERMINAL, () => put(screen?.line(undefined).text ?? ''));
    const was = screen.alternate;
    screen.write(data);
    if (!was && screen.alternate) put('-- a program has the whole screen');
    whole = screen.alternate;
  };
  try {
    for await (const line of lines) for (const one of shown.take(line)) take(one);
  } catch (error) {
    if (!(error instanceof DamagedChunk)) throw error;
    put(`-- damaged from here on, and not shown: ${error.message}`);
  }
  if (!whole) put(screen?.line(undefined).text ?? '');
  return `${out.join('\n')}\n`;
}

const timeOf = (ms: number): string => new Date(ms).toISOString().slice(11, 23);
