import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { decodeFlowing, readTable, UnreadableCsv } from '#kit/csv/index.ts';
import type { Folder } from '#kit/files/index.ts';
import { TargetError } from '../port.ts';
import type { CsvSettings } from './settings.ts';
import { tableOf, TABLES, type TableName } from './tables.ts';

const SUMS = 'SHA256SUMS';
const LONGEST_SUMS = 64 * 1024;
/** Only nesting may be missing: a system without nested entitlements has nothing to write. */
const MAY_BE_MISSING: ReadonlySet<TableName> = new Set(['nesting']);

/** The files of one export, opened together: whatever is put in their place afterwards, these are read. */
export class ExportFiles {
  /** Changes whenever a file does. */
  readonly mark: string;
  /** When the newest of them was written. */
  readonly writtenAt: Date;
  readonly #handles: ReadonlyMap<TableName, FileHandle>;
  readonly #sums: ReadonlyMap<string, string> | undefined;

  private constructor(opened: Opened, sums: ReadonlyMap<string, string> | undefined) {
    this.mark = opened.mark;
    this.writtenAt = opened.writtenAt;
    this.#handles = opened.handles;
    this.#sums = sums;
  }

  /** Throws `unreachable` where a table is missing, and `failed` where `SHA256SUMS` has to be there and is not. */
  static async open(folder: Folder, settings: CsvSettings): Promise<ExportFiles> {
    const opened = await openAll(folder, settings);
    try {
      const sums = opened.sums === undefined ? undefined : await readSums(opened.sums);
      if (sums === undefined && settings.sums === 'required')
        throw new TargetError('failed', `${SUMS} is not there, so the export may not be whole yet`);
      return new ExportFiles(opened, sums);
    } catch (error) {
      for (const handle of opened.handles.values()) await handle.close();
      throw error;
    } finally {
      await opened.sums?.close();
    }
  }

  /** What the files in a folder would be marked with, at the cost of a look at five entries. */
  static async markOf(folder: Folder, settings: CsvSettings): Promise<string> {
    const opened = await openAll(folder, settings);
    for (const handle of [...opened.handles.values(), opened.sums]) await handle?.close();
    return opened.mark;
  }

  has(name: TableName): boolean {
    return this.#handles.has(name);
  }

  /** The rows of a table as they flow, each as the values of its columns. Throws `failed` with file and row, or where the sum does not fit. */
  async *rows(name: TableName): AsyncGenerator<readonly string[], void, void> {
    const file = `${name}.csv`;
    const bad = (detail: string, row?: number): never => {
      throw unfit(file, detail, row);
    };
    const hash = createHash('sha256');
    try {
      yield* readTable(decodeFlowing(this.#bytes(name, (chunk) => hash.update(chunk))), tableOf(name), bad);
    } catch (error) {
      throw error instanceof UnreadableCsv ? unfit(file, error.problem.detail) : error;
    }
    this.#checkSum(file, hash.digest('hex'));
  }

  /** Reads a table through for its sum alone. */
  async check(name: TableName): Promise<void> {
    if (this.#sums === undefined) return;
    const hash = createHash('sha256');
    for await (const chunk of this.#bytes(name)) hash.update(chunk);
    this.#checkSum(`${name}.csv`, hash.digest('hex'));
  }

  /** The bytes of a table; a last line that does not end is a file that is still being written. */
  async *#bytes(name: TableName, seen?: (chunk: Buffer) => void): AsyncGenerator<Buffer, void, void> {
    const handle = this.#handles.get(name);
    if (handle === undefined) return;
    let last: number | undefined;
    const stream = handle.createReadStream({ start: 0, autoClose: false, highWaterMark: 256 * 1024 });
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      seen?.(chunk);
      last = chunk.at(-1);
      yield chunk;
    }
    if (last !== undefined && last !== 0x0a)
      throw unfit(`${name}.csv`, 'the last line does not end: the file is cut off or still being written');
  }

  #checkSum(file: string, sum: string): void {
    if (this.#sums === undefined) return;
    const said = this.#sums.get(file);
    if (said === undefined) throw unfit(file, `it is not in ${SUMS}`);
    if (said !== sum) throw unfit(file, `it is not what ${SUMS} says: it is cut off, or of another export`);
  }

  async close(): Promise<void> {
    for (const handle of this.#handles.values()) await handle.close();
  }
}

/** A problem of a file, in the words of whoever wrote it. Values never are in it. */
export const unfit = (file: string, detail: string, row?: number): TargetError =>
  new TargetError('failed', row === undefined ? `${file}: ${detail}` : `${file}, row ${row}: ${detail}`);

interface Opened {
  readonly handles: Map<TableName, FileHandle>;
  readonly sums: FileHandle | undefined;
  readonly mark: string;
  readonly writtenAt: Date;
}

async function openAll(folder: Folder, settings: CsvSettings): Promise<Opened> {
  const handles = new Map<TableName, FileHandle>();
  let sums: FileHandle | undefined;
  const hash = createHash('sha256');
  let writtenAt = new Date(0);
  try {
    for (const { name } of TABLES) {
      const handle = await folder.file(`${name}.csv`);
      if (handle !== undefined) handles.set(name, handle);
      else if (!MAY_BE_MISSING.has(name)) throw new TargetError('unreachable', `${name}.csv is not there`);
    }
    sums = await folder.file(SUMS);
    for (const [name, handle] of [...handles, [SUMS, sums] as const]) {
      const stat = await handle?.stat({ bigint: true });
      if (stat === undefined) continue;
      if (stat.size > BigInt(settings.maxMegabytes) * 1_048_576n)
        throw new TargetError('refused', `${name} is larger than the ${settings.maxMegabytes} MB this system may send`);
      hash.update(`${name} ${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}\n`);
      if (stat.mtime > writtenAt) writtenAt = stat.mtime;
    }
  } catch (error) {
    for (const handle of [...handles.values(), sums]) await handle?.close();
    throw error;
  }
  return { handles, sums, mark: hash.digest('hex'), writtenAt };
}

/** What sha256sum(1) writes: the sum, and the name after two characters. */
async function readSums(handle: FileHandle): Promise<ReadonlyMap<string, string>> {
  if ((await handle.stat()).size > LONGEST_SUMS) throw unfit(SUMS, 'it is too long');
  const sums = new Map<string, string>();
  for (const line of (await handle.readFile('utf8')).split('\n')) {
    if (line.trim() === '') continue;
    const [, sum, name] = /^([0-9a-f]{64}) [ *](?:\.\/)?([\w.-]+)$/u.exec(line.trimEnd()) ?? [];
    if (sum === undefined || name === undefined) throw unfit(SUMS, 'it is not what sha256sum writes');
    sums.set(name, sum);
  }
  return sums;
}
