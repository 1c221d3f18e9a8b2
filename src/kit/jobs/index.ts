export { enqueue, enqueueMany, type EnqueueOptions } from './enqueue.ts';
export { installJobs } from './install-jobs.ts';
export {
  startWorker,
  type CronEntry,
  type JobHandler,
  type JobRun,
  type StartWorkerInput,
  type Worker,
} from './start-worker.ts';
