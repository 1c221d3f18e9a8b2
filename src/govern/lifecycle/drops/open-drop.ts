import type { FileHandle } from 'node:fs/promises';
import { dirname, basename, join } from 'node:path';
import { Folder, FolderError } from '#kit/files/index.ts';

/** Larger than ten million people. */
const LARGEST = 2n * 1024n ** 3n;

/** A file that was put there for a source, open. */
export interface Drop {
  readonly handle: FileHandle;
  /** Changes whenever the file does. */
  readonly mark: string;
  readonly writtenAt: Date;
}

/**
 * Opens what is there for a source now; undefined when nothing is. Throws FolderError for a file that is none, or is
 * reached through a link.
 */
export async function openDrop(root: string, path: string): Promise<Drop | undefined> {
  let folder: Folder;
  try {
    folder = await Folder.open(root, join(root, dirname(path)));
  } catch (error) {
    if (error instanceof FolderError && error.code === 'unreachable') return undefined;
    throw error;
  }
  try {
    const handle = await folder.file(basename(path));
    if (handle === undefined) return undefined;
    const { dev, ino, size, mtimeNs, ctimeNs, mtime } = await handle.stat({ bigint: true });
    if (size <= LARGEST) return { handle, mark: `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`, writtenAt: mtime };
    await handle.close();
    throw new FolderError('refused', 'the file is larger than 2 GB');
  } finally {
    await folder.close();
  }
}
