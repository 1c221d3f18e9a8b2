import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { Client } from 'pg';
import { startEmbedded } from '#kit/db/index.ts';
import { silentLog } from '#kit/log/index.ts';

/** All that feeds left behind, by names instead of ids and without the moments at which it came to be so. */
const PARTS: Readonly<Record<string, string>> = {
  facts: `select f.username, f.display_name, f.email, f.state, f.department, f.org_unit, f.job_title, m.username as manager,
                 f.contract_end, f.attributes, (f.valid_to is null) as now
            from identity_facts f left join identity_facts m on m.identity_id = f.manager_id and m.valid_to is null
           order by f.username, f.valid_from`,
  records: `select external_id, status, state, present, starts_on, ends_on, encode(digest, 'hex') as digest
              from source_record order by external_id`,
  receipts: `select f.username, r.what, count(i.*) as items from lifecycle_receipt r
               join identity_facts f on f.identity_id = r.identity_id and f.valid_to is null
               left join receipt_item i on i.receipt_id = r.id group by r.id, f.username, r.what order by 1, 2`,
  events: `select type, count(*) from audit_event
            where type in ('identity.left', 'identity.moved', 'identity.joined', 'identities.changed', 'feed.applied')
            group by type order by type`,
  left_over: `select 'feed_value' as what, count(*) from feed_value union all
              select 'job', count(*) from graphile_worker.jobs where task_identifier = 'lifecycle.apply_run'`,
};

/** Writes what a stopped Reeve's database holds to a file, and returns its SHA-256 and how many lines it has. */
export async function exportPeople(
  dataDir: string,
  file: string,
): Promise<{ readonly sha256: string; readonly lines: number }> {
  const server = await startEmbedded({ dataDir, log: silentLog });
  const client = new Client({ connectionString: server.url });
  const out = createWriteStream(file);
  const hash = createHash('sha256');
  let lines = 0;
  const write = async (text: string): Promise<void> => {
    hash.update(text);
    lines += 1;
    if (!out.write(text)) await once(out, 'drain');
  };
  try {
    await client.connect();
    for (const [name, query] of Object.entries(PARTS)) {
      await client.query('begin');
      await client.query(`declare part no scroll cursor for ${query}`);
      for (;;) {
        const { rows } = await client.query<Record<string, unknown>>('fetch 5000 from part');
        for (const row of rows) await write(`${name} ${JSON.stringify(row)}\n`);
        if (rows.length === 0) break;
      }
      await client.query('commit');
    }
  } finally {
    await client.end();
    await server.stop();
    out.end();
    await once(out, 'close');
  }
  return { sha256: hash.digest('hex'), lines };
}
