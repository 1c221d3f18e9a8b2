import type { WebSocket } from 'ws';
import { ofFiles, readJson, tell, words, type FilesMessage } from './messages.ts';
import { sendToBrowser, takeFromBrowser, type Moving } from './move-files.ts';
import type { RemoteFiles } from './port.ts';

type Asked = Exclude<FilesMessage, { shown: number } | { stop: true }>;

/**
 * Files over a WebSocket: folders are listed, and one file at a time is fetched or sent, in pieces that the receiving
 * side acknowledges. Nothing is kept here. Resolves when the connection is over.
 */
export async function serveFiles(
  ws: WebSocket,
  files: RemoteFiles,
  how: { readonly most: number; readonly used: () => void; readonly over: Promise<string | undefined> },
): Promise<void> {
  let moving: Moving | undefined;
  let busy = false;
  const requireSmall = (size: number): void => {
    if (size > how.most)
      throw new Error(`it is larger than the ${how.most} bytes that may be moved by a browser; use scp`);
  };

  const get = async (id: number, path: string): Promise<void> => {
    const { size, content } = await files.read(path);
    requireSmall(size);
    moving = sendToBrowser(ws, content, id, how.most);
    tell(ws, { id, sends: size });
    tell(ws, { id, done: await moving.over });
  };
  const put = async ({ id, put: path, size, replace }: Extract<Asked, { put: string }>): Promise<void> => {
    requireSmall(size);
    moving = takeFromBrowser(ws, await files.write(path, { replace }), id, size);
    tell(ws, { id, takes: size });
    try {
      tell(ws, { id, done: await moving.over });
    } catch (error) {
      // half of a new file is none
      if (!replace) await files.remove(path).catch(() => undefined);
      throw error;
    }
  };
  const list = async (id: number, asked: string): Promise<void> => {
    const path = await files.absolute(asked);
    tell(ws, { id, path, ...(await files.list(path)) });
  };
  const act = async (asked: Asked): Promise<void> => {
    if ('list' in asked) return await list(asked.id, asked.list);
    if (busy) throw new Error('another file is being moved');
    busy = true;
    try {
      await ('get' in asked ? get(asked.id, asked.get) : put(asked));
    } finally {
      busy = false;
      moving = undefined;
    }
  };

  ws.on('message', (data: Buffer, binary) => {
    if (binary) {
      how.used();
      return moving?.piece(data);
    }
    const said = ofFiles.safeParse(readJson(data)).data;
    if (said === undefined) return ws.close(1008, 'that is no message about files');
    if ('shown' in said) return moving?.shown(said.shown);
    if ('stop' in said) return moving?.id === said.id ? moving.stop() : undefined;
    how.used();
    act(said).catch((error: unknown) => tell(ws, { id: said.id, failed: words(error) }));
  });
  ws.once('close', () => moving?.stop());
  tell(ws, { opened: true, most: how.most });
  const last = await how.over;
  if (ws.readyState !== ws.OPEN) return;
  tell(ws, { ended: { because: last ?? 'the connection was lost' } });
  ws.close(1000);
}
