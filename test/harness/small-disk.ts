import { spawnSync } from 'node:child_process';
import { chownSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '#kit/testing/index.ts';

/** A folder that holds few bytes, owned by whoever owns `like`. */
export interface SmallDisk {
  readonly path: string;
  /** Leaves no room for one more byte. */
  fill(): void;
  /** Makes room again. */
  free(): void;
  /** Nothing can be written any more, or again. */
  writable(may: boolean): Promise<void>;
  remove(): void;
}

/** A disk of its own in memory; a sentence where none can be mounted here. */
export function smallDisk(bytes: number, like: string): SmallDisk | string {
  if (process.getuid?.() !== 0) return 'only root may mount a disk of its own';
  const mountPoint = mkdtempSync('/dev/shm/reeve-small-disk-');
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', mountPoint]);
  if (mounted.status !== 0) {
    rmSync(mountPoint, { recursive: true });
    return `mount: ${mounted.stderr.toString().trim()}`;
  }
  const path = join(mountPoint, 'space');
  mkdirSync(path, { mode: 0o700 });
  const { uid, gid } = statSync(like);
  chownSync(path, uid, gid);
  return {
    path,
    fill: () => {
      const file = openSync(join(mountPoint, 'filler'), 'a');
      try {
        for (;;) writeSync(file, Buffer.alloc(65_536));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(join(mountPoint, 'filler'), { force: true }),
    // refused while a file is open for writing
    writable: async (may) => {
      await until(
        () => spawnSync('mount', ['-o', `remount,${may ? 'rw' : 'ro'},size=${bytes}`, mountPoint]).status === 0,
        { timeoutMs: 5_000, what: 'the disk to be mounted again' },
      );
    },
    remove: () => {
      spawnSync('umount', ['--lazy', mountPoint]);
      rmSync(mountPoint, { recursive: true, force: true });
    },
  };
}
