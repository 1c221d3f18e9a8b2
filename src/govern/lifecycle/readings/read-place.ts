import type { Targets } from '#connectors/port.ts';
import { AppError } from '#kit/errors/index.ts';
import { columnsOf } from '../feed/columns-of.ts';
import type { FeedProblem } from '../feed/model.ts';
import type { ReadDelivery } from '../runs/delivery.ts';
import type { PeopleSource, ReadFrom } from '../sources/model.ts';
import { Spool, SpoolFull } from './spool.ts';

/** What a source needs to be read. */
export type ReadSource = Pick<PeopleSource, 'mapping'> & { readonly readFrom: ReadFrom };

/** Everything a source says now, whole; or why it could not be read, and then nothing of it counts. */
export type PlaceRead =
  | {
      readonly delivery: ReadDelivery;
      readonly rows: number;
      readonly close: () => Promise<void>;
      readonly problem?: undefined;
    }
  | { readonly problem: FeedProblem; readonly close: () => Promise<void> };

const nothingToClose = (): Promise<void> => Promise.resolve();

/**
 * Reads the place of a source to its end and keeps the rows aside: no transaction is open meanwhile, and nothing is
 * delivered that is not whole. `wholeMs`: longest time for it all.
 */
export async function readPlace(targets: Targets, source: ReadSource, wholeMs: number): Promise<PlaceRead> {
  const { systemId, place } = source.readFrom;
  const asked = columnsOf(source.mapping);
  const end = performance.now() + wholeMs;
  let spool: Spool | undefined;
  try {
    return await targets.use(systemId, async (connector, target) => {
      if (connector.rows === undefined)
        return unread('feed.place_unsupported', 'people are not read on a system of this kind');
      let whole = false;
      for await (const piece of connector.rows.read(target, place, asked)) {
        spool ??= await Spool.open(piece.columns);
        await spool.add(piece.rows);
        if (piece.whole === true) whole = true;
        else if (performance.now() > end) return await late(spool, wholeMs);
      }
      if (spool !== undefined && !whole) await spool.close();
      if (spool === undefined || !whole) return unread('feed.read_broke_off', 'the reading ended before it was whole');
      const kept = spool;
      return { delivery: await kept.deliver(), rows: kept.rows, close: () => kept.close() };
    });
  } catch (error) {
    await spool?.close();
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    return { problem, close: nothingToClose };
  }
}

const unread = (code: string, detail: string): PlaceRead => ({ problem: { code, detail }, close: nothingToClose });

async function late(spool: Spool, wholeMs: number): Promise<PlaceRead> {
  await spool.close();
  return unread('feed.read_too_long', `after ${Math.round(wholeMs / 1000)} s the reading was not at its end`);
}

/** What a TargetError says of a whole reading. */
const CODES: Readonly<Record<string, string>> = {
  unreachable: 'feed.target_unreachable',
  untrusted: 'feed.target_untrusted',
  refused: 'feed.target_refused',
  unsupported: 'feed.place_unsupported',
  failed: 'feed.read_broke_off',
};

/** Why a place could not be read, where that is for a person to mend; undefined for a fault of Reeve's own. */
export function problemOf(error: unknown): FeedProblem | undefined {
  if (error instanceof SpoolFull) return { code: 'feed.too_large', detail: error.message };
  if (error instanceof AppError && error.status < 500)
    return { code: 'feed.place_gone', detail: error.message, ...(error.fix === undefined ? {} : { fix: error.fix }) };
  if (!(error instanceof Error) || error.name !== 'TargetError' || !('code' in error)) return undefined;
  const code = CODES[String(error.code)];
  return code === undefined ? undefined : { code, detail: error.message };
}
