/** A folder of CSV files, for systems with no API. See README.md for the files, the settings and how orders are carried out. */
import { systemClock, type Clock } from '#kit/clock/index.ts';
import { Folder, FolderError } from '#kit/files/index.ts';
import { TargetError, type Change, type Connector, type Target } from '../port.ts';
import { ExportFiles } from './export-files.ts';
import { knowsEntitlement, lookUp } from './look-up.ts';
import { awaited, giveOrder, ordersSince } from './orders.ts';
import { planChange, type Plan } from './plan-change.ts';
import { readExport, readWhole } from './read-export.ts';
import { csvSettings, settingsOf, type CsvSettings } from './settings.ts';
import { TABLES } from './tables.ts';

/** `root` is the one folder in which such folders may be. */
export function csvConnector({
  root,
  clock = systemClock,
}: {
  readonly root: string;
  readonly clock?: Clock;
}): Connector {
  const inFolder = async <T>(
    target: Target,
    work: (folder: Folder, settings: CsvSettings) => Promise<T>,
  ): Promise<T> => {
    const settings = settingsOf(target, root);
    let folder: Folder | undefined;
    try {
      folder = await Folder.open(root, settings.path);
      return await work(folder, settings);
    } catch (error) {
      throw asTargetError(error);
    } finally {
      await folder?.close();
    }
  };
  const alone = takingTurns();
  return {
    kind: 'csv',
    settings: csvSettings,
    credentials: ['none'],

    probe: (target) =>
      inFolder(target, async (folder, settings) => {
        const files = await ExportFiles.open(folder, settings);
        try {
          const there = TABLES.map(({ name }) => name).filter((name) => files.has(name));
          const version = `a folder of CSV files (${there.join(', ')}), written ${files.writtenAt.toISOString()}`;
          return { pins: [], version, proved: true };
        } finally {
          await files.close();
        }
      }),

    read: (target) => inFolder(target, readWhole),

    async *readInPieces(target, from) {
      const settings = settingsOf(target, root);
      let folder: Folder | undefined;
      try {
        folder = await Folder.open(root, settings.path);
        yield* readExport(folder, settings, from);
      } catch (error) {
        throw asTargetError(error);
      } finally {
        await folder?.close();
      }
    },

    readChanges: (target, since) =>
      inFolder(target, async (folder, settings) => {
        // Files say what is, not what changed: while they are the same nothing did, and other ones have to be read.
        if ((await ExportFiles.markOf(folder, settings)) !== since) return undefined;
        const none = {
          accounts: [],
          goneAccounts: [],
          entitlements: [],
          goneEntitlements: [],
          holdingsOf: [],
          holdersOf: [],
        };
        return { ...none, mark: since };
      }),

    readAccount: (target, account) =>
      inFolder(target, async (folder, settings) => {
        const files = await ExportFiles.open(folder, settings);
        try {
          const found = await lookUp(files, account);
          return found.account && { account: found.account, holdings: found.holdings };
        } finally {
          await files.close();
        }
      }),

    preview: (target, change) =>
      inFolder(target, async (folder, settings) => {
        const { summary, needed } = await plan(folder, settings, change, clock.now());
        return { summary, needed };
      }),

    apply: (target, change) =>
      inFolder(target, (folder, settings) =>
        alone(settings.path, async () => {
          const { summary, needed, lines, orderedAt } = await plan(folder, settings, change, clock.now());
          if (!needed) return { changed: false };
          const now = clock.now();
          if (orderedAt === undefined) await giveOrder(folder, lines, now);
          throw awaited(summary, orderedAt ?? now);
        }),
      ),

    verify: async () => {
      throw new TargetError('unsupported', 'nobody logs in to a folder of files');
    },
  };
}

const asTargetError = (error: unknown): unknown =>
  error instanceof FolderError ? new TargetError(error.code, error.message, { cause: error }) : error;

async function plan(folder: Folder, settings: CsvSettings, change: Change, now: Date): Promise<Plan> {
  const files = await ExportFiles.open(folder, settings);
  try {
    const since = new Date(now.getTime() - settings.orderAgainAfterHours * 3_600_000);
    const looked = await lookUp(files, change.account);
    return planChange(
      {
        ...looked,
        entitlementKnown: change.do === 'grant' && (await knowsEntitlement(files, change.entitlement)),
        orders: await ordersSince(folder, looked.account?.name ?? change.account, since),
      },
      change,
    );
  } finally {
    await files.close();
  }
}

/** Two changes of one folder at once would both find nothing ordered and order twice. */
function takingTurns(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const mine = (last.get(key) ?? Promise.resolve()).then(work, work);
    const settled = mine.catch(() => undefined);
    last.set(key, settled);
    try {
      return await mine;
    } finally {
      if (last.get(key) === settled) last.delete(key);
    }
  };
}
