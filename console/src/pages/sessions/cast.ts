/** A terminal recording in asciicast form (v2, and v3 where times are since the event before), read without drawing it. */
export interface Cast {
  readonly columns: number;
  readonly rows: number;
  readonly events: readonly CastEvent[];
  readonly seconds: number;
  /** The last line was cut: the recording was still being written, or its writer died. */
  readonly cut: boolean;
}
export interface CastEvent {
  readonly at: number;
  readonly code: string;
  readonly data: string;
}

const header = (line: string): { version: number; columns: number; rows: number } => {
  const raw = JSON.parse(line) as {
    version?: number;
    width?: number;
    height?: number;
    term?: { cols?: number; rows?: number };
  };
  return {
    version: raw.version ?? 2,
    columns: raw.width ?? raw.term?.cols ?? 80,
    rows: raw.height ?? raw.term?.rows ?? 24,
  };
};

/** Reads what is whole and leaves out a cut last line. Throws when the first line is no asciicast header. */
export const parseCast = (text: string): Cast => {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const { version, columns, rows } = header(lines[0] ?? '');
  const events: CastEvent[] = [];
  let at = 0;
  let cut = false;
  for (const line of lines.slice(1)) {
    try {
      const [time, code, data] = JSON.parse(line) as [number, string, string];
      at = version >= 3 ? at + time : time;
      events.push({ at, code, data: String(data) });
    } catch {
      cut = true;
      break;
    }
  }
  return { columns, rows, events, seconds: at, cut };
};

/** Where a moment of the session falls on a time line that shortens every pause to `limit` seconds. */
export const shorten = (events: readonly CastEvent[], limit: number | undefined): readonly number[] => {
  let shift = 0;
  let before = 0;
  return events.map(({ at }) => {
    if (limit !== undefined && at - before > limit) shift += at - before - limit;
    before = at;
    return at - shift;
  });
};

/** How much was printed in each of `count` equal parts of the time line. */
export const density = (events: readonly CastEvent[], times: readonly number[], count: number): readonly number[] => {
  const total = times.at(-1) ?? 0;
  const out = Array.from({ length: count }, () => 0);
  for (const [i, event] of events.entries()) {
    if (event.code !== 'o') continue;
    const bucket = total === 0 ? 0 : Math.min(count - 1, Math.floor(((times[i] ?? 0) / total) * count));
    out[bucket] = (out[bucket] ?? 0) + event.data.length;
  }
  return out;
};

// Control sequences of ECMA-48 (CSI), operating system commands, and the two-character rest.
// oxlint-disable-next-line no-control-regex
const control = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[()][A-Z0-9]|[ -/]*[0-~])/g;

export interface TranscriptLine {
  readonly text: string;
  /** Index of the event that began the line. */
  readonly event: number;
}

const clean = (line: string): string => {
  // What a terminal shows after carriage returns and backspaces, near enough to read and search.
  const shown: string[] = [];
  let at = 0;
  for (const char of line) {
    if (char === '\r') at = 0;
    else if (char === '\b') at = Math.max(0, at - 1);
    else if (char >= ' ' || char === '\t') {
      shown[at] = char;
      at += 1;
    }
  }
  return shown.join('').trimEnd();
};

/** What was on the screen as lines of text: to read without playing, and to search. */
export const transcript = (events: readonly CastEvent[]): readonly TranscriptLine[] => {
  const out: TranscriptLine[] = [];
  let line = '';
  let began = 0;
  const flush = (): void => {
    const text = clean(line.replaceAll(control, ''));
    if (text !== '') out.push({ text, event: began });
    line = '';
  };
  for (const [i, event] of events.entries()) {
    if (event.code !== 'o') continue;
    for (const [part, piece] of event.data.split('\n').entries()) {
      if (part > 0) flush();
      if (line === '') began = i;
      line += piece;
    }
  }
  flush();
  return out;
};
