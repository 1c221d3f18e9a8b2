import { useCallback, useEffect, useRef, useState } from 'react';
import type { Connection, Entry, SaidOfFiles } from './open-connection.ts';

interface Folder {
  readonly path: string;
  readonly entries: readonly Entry[];
  readonly more: boolean;
}

/** A file on its way, and how far it is. */
export interface Progress {
  readonly name: string;
  readonly way: 'down' | 'up';
  readonly bytes: number;
  readonly of: number;
}

export interface Files {
  readonly folder: Folder | undefined;
  readonly progress: Progress | undefined;
  readonly problem: string | undefined;
  readonly open: (path: string) => void;
  readonly download: (entry: Entry) => void;
  readonly upload: (file: File, replace: boolean) => void;
  readonly stop: () => void;
}

const PIECE = 128 * 1024;
const AHEAD = 1024 * 1024;
const SAY_EVERY = 256 * 1024;

/** A folder's path with a name at its end. */
export const inFolder = (folder: string, name: string): string => `${folder.replace(/\/+$/, '')}/${name}`;

/** Hands a file to the browser as a download, under a name without a folder. */
const keep = (pieces: readonly Uint8Array<ArrayBuffer>[], name: string): void => {
  const url = URL.createObjectURL(new Blob([...pieces], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name.replaceAll(/[/\\]/g, '_');
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
};

/** What is waited for: the answer to a question, and what to do with pieces of a file. */
interface Waiting {
  readonly id: number;
  readonly said: (about: SaidOfFiles) => void;
  readonly piece?: (bytes: Uint8Array<ArrayBuffer>) => void;
}

/** Files of the session: the folder shown, and one file at a time either way. */
export const useFiles = (connection: Connection): Files => {
  const [folder, setFolder] = useState<Folder>();
  const [progress, setProgress] = useState<Progress>();
  const [problem, setProblem] = useState<string>();
  const waits = useRef(new Map<number, Waiting>());
  const next = useRef(0);
  const wait = (what: Omit<Waiting, 'id'>): number => {
    next.current += 1;
    waits.current.set(next.current, { id: next.current, ...what });
    return next.current;
  };
  const failed = (about: SaidOfFiles): boolean => {
    if (about.failed === undefined) return false;
    setProblem(about.failed);
    return true;
  };
  const open = useCallback(
    (path: string): void => {
      setProblem(undefined);
      const id = wait({
        said: (about) => {
          waits.current.delete(about.id);
          if (failed(about) || about.path === undefined) return;
          setFolder({ path: about.path, entries: about.entries ?? [], more: about.more === true });
        },
      });
      connection.files({ id, list: path });
    },
    [connection],
  );
  useEffect(() => {
    connection.onFiles({
      said: (about) => waits.current.get(about.id)?.said(about),
      piece: (bytes) => {
        for (const each of waits.current.values()) each.piece?.(bytes);
      },
    });
    open('.');
  }, [connection, open]);

  const over = (id: number): void => {
    waits.current.delete(id);
    setProgress(undefined);
  };
  const download = (entry: Entry): void => {
    if (folder === undefined) return;
    setProblem(undefined);
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    let got = 0;
    let saidGot = 0;
    const id = wait({
      piece: (bytes) => {
        pieces.push(bytes);
        got += bytes.length;
        if (got - saidGot < SAY_EVERY) return;
        saidGot = got;
        connection.files({ shown: got });
        setProgress({ name: entry.name, way: 'down', bytes: got, of: entry.size });
      },
      said: (about) => {
        if (about.sends !== undefined) setProgress({ name: entry.name, way: 'down', bytes: 0, of: about.sends });
        if (failed(about)) over(about.id);
        if (about.done === undefined) return;
        over(about.id);
        if (about.done === got) keep(pieces, entry.name);
        else setProblem('it did not arrive whole');
      },
    });
    connection.files({ id, get: inFolder(folder.path, entry.name) });
  };
  const upload = (file: File, replace: boolean): void => {
    if (folder === undefined) return;
    setProblem(undefined);
    const { path } = folder;
    let sent = 0;
    let taken = 0;
    let sending = false;
    const send = async (id: number): Promise<void> => {
      if (sending) return;
      sending = true;
      while (sent < file.size && sent - taken < AHEAD && waits.current.has(id)) {
        const piece = new Uint8Array(await file.slice(sent, sent + PIECE).arrayBuffer());
        sent += piece.length;
        connection.piece(piece);
      }
      sending = false;
    };
    const id = wait({
      said: (about) => {
        if (failed(about)) return over(about.id);
        taken = about.taken ?? taken;
        setProgress({ name: file.name, way: 'up', bytes: taken, of: file.size });
        if (about.done !== undefined) {
          over(about.id);
          return open(path);
        }
        send(about.id).catch(() => connection.files({ id: about.id, stop: true }));
      },
    });
    connection.files({ id, put: inFolder(path, file.name), size: file.size, replace });
  };
  const stop = (): void => {
    for (const { id } of waits.current.values()) connection.files({ id, stop: true });
  };
  return { folder, progress, problem, open, download, upload, stop };
};
