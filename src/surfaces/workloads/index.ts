export { serveWorkloads, type WorkloadParts } from './serve-workloads.ts';
