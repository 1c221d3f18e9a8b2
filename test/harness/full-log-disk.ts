import type { Client } from 'pg';
import { smallDisk } from './small-disk.ts';

/** The audit log on a disk of its own that can be full. */
export interface LogDisk {
  /** Leaves no room for one more row. */
  fill(): Promise<void>;
  free(): Promise<void>;
  /** Puts the log back where it was. */
  remove(): Promise<void>;
}

const FILL = `
  do $$ begin
    for i in 1..2000 loop
      begin
        insert into filler values (repeat('x', 7000));
      exception when disk_full then return;
      end;
    end loop;
    raise 'the disk never became full';
  end $$`;

/** Moves the audit log of a database onto a small disk, as its superuser; a sentence where none can be mounted here. */
export async function logOnSmallDisk(admin: Client): Promise<LogDisk | string> {
  const { rows } = await admin.query<{ dir: string }>(`select current_setting('data_directory') as dir`);
  const disk = smallDisk(3 * 2 ** 20, rows[0]?.dir ?? '');
  if (typeof disk === 'string') return disk;
  const remove = async (): Promise<void> => {
    await admin.query('drop table if exists filler');
    await admin.query('alter table audit_event set tablespace pg_default');
    await admin.query('drop tablespace if exists small_disk');
    disk.remove();
  };
  try {
    await admin.query(`create tablespace small_disk location '${disk.path}'`);
    await admin.query('alter table audit_event set tablespace small_disk');
    // A row goes onto a page of its own, so that a full disk is felt by the next one.
    await admin.query('alter table audit_event set (fillfactor = 10)');
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    fill: async () => {
      await admin.query('create table filler (x text) tablespace small_disk');
      await admin.query('alter table filler alter column x set storage plain');
      await admin.query(FILL);
    },
    free: async () => {
      await admin.query('drop table filler');
    },
    remove,
  };
}
