import { words, type FilesMessage } from './messages.ts';
import { sendToBrowser, takeFromBrowser, type Moving } from './move-files.ts';
import type { RemoteFiles } from './port.ts';
import type { Wire } from './wire.ts';

type Asked = Exclude<FilesMessage, { shown: number } | { stop: true }>;

/** Files as a browser asks for and sends them. */
export interface ServedFiles {
  readonly said: (message: FilesMessage) => void;
  /** A piece of the file that is being sent. */
  readonly piece: (data: Buffer) => void;
  readonly stop: () => void;
}

/**
 * Serves the files of a session: folders are listed, and one file at a time is fetched or sent, in pieces that the
 * receiving side acknowledges. Nothing is kept here. Files are opened with the first question; `most` is the largest.
 */
export function serveFiles(wire: Wire, open: () => Promise<RemoteFiles>, most: number): ServedFiles {
  let opening: Promise<RemoteFiles> | undefined;
  let moving: Moving | undefined;
  let busy = false;
  const tell = (message: object): void => wire.tell({ files: message });
  const requireSmall = (size: number): void => {
    if (size > most) throw new Error(`it is larger than the ${most} bytes that may be moved by a browser; use scp`);
  };

  const list = async (files: RemoteFiles, id: number, asked: string): Promise<void> => {
    const path = await files.absolute(asked);
    tell({ id, path, ...(await files.list(path)) });
  };
  const get = async (files: RemoteFiles, id: number, path: string): Promise<void> => {
    const size = await files.size(path);
    requireSmall(size);
    moving = sendToBrowser(wire, files.read(path), { id, most });
    tell({ id, sends: size });
    tell({ id, done: await moving.over });
  };
  const put = async (files: RemoteFiles, asked: Extract<Asked, { put: string }>): Promise<void> => {
    const { id, put: path, size, replace } = asked;
    requireSmall(size);
    moving = takeFromBrowser(await files.write(path, { replace }), { id, size }, (taken) => tell({ id, taken }));
    tell({ id, takes: size });
    try {
      tell({ id, done: await moving.over });
    } catch (error) {
      // half of a new file is none
      if (!replace) await files.remove(path).catch(() => undefined);
      throw error;
    }
  };
  const act = async (asked: Asked): Promise<void> => {
    opening ??= open();
    const files = await opening.catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    if ('list' in asked) return await list(files, asked.id, asked.list);
    if (busy) throw new Error('another file is being moved');
    busy = true;
    try {
      await ('get' in asked ? get(files, asked.id, asked.get) : put(files, asked));
    } finally {
      busy = false;
      moving = undefined;
    }
  };

  return {
    said: (message) => {
      if ('shown' in message) return moving?.shown(message.shown);
      if ('stop' in message) return moving?.id === message.id ? moving.stop() : undefined;
      act(message).catch((error: unknown) => tell({ id: message.id, failed: words(error) }));
    },
    piece: (data) => moving?.piece(data),
    stop: () => moving?.stop(),
  };
}
