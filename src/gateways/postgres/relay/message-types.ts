import { T } from '../wire/messages.ts';

const hold = 'hold';
const flow = 'flow';

/** What a client may say once it is logged in. */
export const CLIENT_TYPES: ReadonlyMap<number, 'hold' | 'flow'> = new Map([
  ...[T.query, T.parse, T.bind, T.execute, T.describe, T.close, T.sync, T.flush, T.functionCall].map(
    (t) => [t, hold] as const,
  ),
  ...[T.terminate, T.copyDone, T.copyFail].map((t) => [t, hold] as const),
  [T.copyData, flow] as const,
]);

/** What a target may say once it is ready. A log-in or a new key is none of it, nor is replication. */
export const TARGET_TYPES: ReadonlyMap<number, 'hold' | 'flow'> = new Map([
  ...[T.parseComplete, T.bindComplete, T.closeComplete, T.noData, T.commandComplete, T.emptyQuery].map(
    (t) => [t, hold] as const,
  ),
  ...[T.portalSuspended, T.ready, T.error].map((t) => [t, hold] as const),
  ...[T.notice, T.notification, T.parameterStatus].map((t) => [t, hold] as const),
  ...[T.dataRow, T.rowDescription, T.parameterDescription, T.copyIn, T.copyOut, T.copyData, T.copyDone].map(
    (t) => [t, flow] as const,
  ),
  [T.functionResult, flow] as const,
]);
