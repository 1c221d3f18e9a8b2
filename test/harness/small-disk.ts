import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A folder that holds few bytes, owned by whoever owns `like`. */
export interface SmallDisk {
  readonly path: string;
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
    remove: () => {
      spawnSync('umount', ['--lazy', mountPoint]);
      rmSync(mountPoint, { recursive: true, force: true });
    },
  };
}
