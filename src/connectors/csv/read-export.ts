import { z } from 'zod';
import type { Folder } from '#kit/files/index.ts';
import { TargetError, type Reading, type ReadingPiece } from '../port.ts';
import { ExportFiles, unfit } from './export-files.ts';
import type { CsvSettings } from './settings.ts';
import { TABLES } from './tables.ts';

/** Where a reading goes on: so many rows into a table of these very files. */
const place = z.strictObject({ mark: z.string(), table: z.int().min(0), rows: z.int().min(0) });
type Place = z.infer<typeof place>;

function placeOf(from: string | undefined, mark: string): Place {
  if (from === undefined) return { mark, table: 0, rows: 0 };
  const parsed = place.safeParse(parsedJson(from));
  if (!parsed.success) throw new TargetError('failed', 'that is no place in these files to go on from');
  if (parsed.data.mark !== mark)
    throw new TargetError('failed', 'the files were replaced since the reading broke off; it has to begin again');
  return parsed.data;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Reads an export in pieces; memory does not grow with it. The files are opened together and looked at again at the
 * end: when one was replaced or written to meanwhile, nothing says that they belong together, and the reading throws.
 */
export async function* readExport(
  folder: Folder,
  settings: CsvSettings,
  from?: string,
): AsyncGenerator<ReadingPiece, void, void> {
  const files = await ExportFiles.open(folder, settings);
  try {
    const begin = placeOf(from, files.mark);
    for (const [index, table] of TABLES.entries()) {
      if (!files.has(table.name)) continue;
      if (index < begin.table) {
        await files.check(table.name);
        continue;
      }
      const skip = index === begin.table ? begin.rows : 0;
      let done = 0;
      let rows: (readonly string[])[] = [];
      const piece = (): ReadingPiece => {
        const first = done - rows.length + 1;
        const made = table.toPiece(rows, (detail, row) => {
          throw unfit(`${table.name}.csv`, detail, first + row);
        });
        rows = [];
        return { ...made, resumeAt: JSON.stringify({ mark: files.mark, table: index, rows: done } satisfies Place) };
      };
      for await (const values of files.rows(table.name)) {
        done += 1;
        if (done <= skip) continue;
        rows.push(values);
        if (rows.length >= settings.rowsPerPiece) yield piece();
      }
      if (rows.length > 0) yield piece();
    }
    if ((await ExportFiles.markOf(folder, settings)) !== files.mark)
      throw new TargetError('failed', 'the files were replaced while they were read');
    yield { whole: { mark: files.mark } };
  } finally {
    await files.close();
  }
}

const once = <T>(rows: readonly T[]): T[] => [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];

/** The same in memory, checked: it names all it refers to, and nothing twice. */
export async function readWhole(folder: Folder, settings: CsvSettings): Promise<Reading> {
  const [accounts, entitlements, holdings, nesting] = [[], [], [], []] as [
    Reading['accounts'][number][],
    Reading['entitlements'][number][],
    Reading['holdings'][number][],
    Reading['nesting'][number][],
  ];
  let mark: string | undefined;
  for await (const piece of readExport(folder, settings)) {
    accounts.push(...(piece.accounts ?? []));
    entitlements.push(...(piece.entitlements ?? []));
    holdings.push(...(piece.holdings ?? []));
    nesting.push(...(piece.nesting ?? []));
    mark = piece.whole?.mark;
  }
  const ids = (file: string, all: readonly { readonly nativeId: string }[]): ReadonlySet<string> => {
    const known = new Set(all.map((one) => one.nativeId));
    if (known.size !== all.length) throw unfit(file, 'an id is there twice');
    return known;
  };
  const [a, e] = [ids('accounts.csv', accounts), ids('entitlements.csv', entitlements)];
  if (!holdings.every((h) => a.has(h.account) && e.has(h.entitlement)))
    throw unfit('holdings.csv', 'it names an account or entitlement that is in no other file');
  if (!nesting.every((n) => e.has(n.parent) && e.has(n.child)))
    throw unfit('nesting.csv', 'it names an entitlement that is not in entitlements.csv');
  return {
    accounts,
    entitlements,
    holdings: once(holdings),
    nesting: once(nesting),
    ...(mark === undefined ? {} : { mark }),
  };
}
