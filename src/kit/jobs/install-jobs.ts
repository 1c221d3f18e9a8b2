import type { Log } from '#kit/log/index.ts';
import { workerLogger } from './worker-logger.ts';

/** Makes or updates the queue's own schema `graphile_worker`. Safe to run on every node at every start. */
export async function installJobs(input: { readonly url: string; readonly log: Log }): Promise<void> {
  const { runMigrations } = await import('graphile-worker');
  await runMigrations({ connectionString: input.url, logger: await workerLogger(input.log), maxPoolSize: 2 });
}
