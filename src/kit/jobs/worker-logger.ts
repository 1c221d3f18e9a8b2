import type { Logger } from 'graphile-worker';
import type { Log } from '#kit/log/index.ts';

/**
 * The queue's own messages, at debug level and without their fields: they hold payloads and texts of foreign errors.
 * Outcomes of jobs are logged by `startWorker`, which knows what may be printed.
 */
export async function workerLogger(log: Log): Promise<Logger> {
  const { Logger: Made } = await import('graphile-worker');
  return new Made(() => (level, message) => {
    const first = (message.split('\n')[0] ?? '').replace(/ with error '.*$/, '');
    if (level === 'error' && !message.startsWith('Failed task'))
      log.warn('the job queue reports trouble', { queueMessage: first });
    else log.debug('the job queue reports', { queueMessage: first });
  });
}
