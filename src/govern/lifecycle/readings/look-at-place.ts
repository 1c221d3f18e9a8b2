import type { RowColumn, Targets } from '#connectors/port.ts';
import { AppError, conflict } from '#kit/errors/index.ts';
import { problemOf } from './read-place.ts';

/** What is at a place: its columns, and the first rows as texts. */
export interface PlaceLook {
  readonly columns: readonly (RowColumn & { readonly shown: boolean })[];
  /** Values of the columns that are shown, in their order. */
  readonly rows: readonly (readonly string[])[];
}

/** A name that tells of a secret: its column is named, and not read to be looked at. */
const SECRETIVE = /pass(?:word|wd|phrase)|pwd|secret|token|hash|salt|credential|private|api_?key|pin_?code/i;
/** Columns that are read to be looked at. */
const MOST_COLUMNS = 200;
/** A value is shown up to here. */
const LONGEST_SHOWN = 200;

/**
 * Looks at a place before a source is made of it. Throws `source.place_not_read` with the reason where it cannot be
 * read.
 */
export async function lookAtPlace(
  targets: Targets,
  ask: { readonly systemId: string; readonly place: Readonly<Record<string, unknown>>; readonly rows: number },
): Promise<PlaceLook> {
  try {
    return await targets.use(ask.systemId, async (connector, target) => {
      if (connector.rows === undefined)
        throw conflict(
          'source.place_not_read',
          'people are not read on a system of this kind',
          'see docs/how-to/read-people.md',
        );
      const columns = (await connector.rows.columns(target, ask.place)).map((column) => ({
        ...column,
        shown: !SECRETIVE.test(column.name),
      }));
      const names = columns.flatMap(({ name, shown }) => (shown ? [name] : [])).slice(0, MOST_COLUMNS);
      const rows: (readonly string[])[] = [];
      if (ask.rows > 0 && names.length > 0)
        for await (const piece of connector.rows.read(target, ask.place, names)) {
          rows.push(...piece.rows.slice(0, ask.rows - rows.length).map((row) => row.map(clip)));
          if (rows.length >= ask.rows) break;
        }
      return { columns, rows };
    });
  } catch (error) {
    if (error instanceof AppError) throw error;
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    throw conflict('source.place_not_read', problem.detail, problem.fix ?? 'see docs/how-to/read-people.md');
  }
}

const clip = (text: string): string => (text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);
