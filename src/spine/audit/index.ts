export { appendEvent, appendEvents, type Happening } from './record/append-event.ts';
export { formatLogKey, logSigner, parseLogKey, type LogKey, type LogSigner } from './checkpoint/log-key.ts';
export {
  defineEvent,
  personal,
  pub,
  type Classification,
  type EventData,
  type EventField,
  type EventType,
  type NewEvent,
} from './event-type.ts';
export { exportLines, exportPage, type ExportPage } from './read/export-log.ts';
export { auditModule } from './module.ts';
export { loadEvent } from './read/load-event.ts';
export { checkProof, proofFor, type EventProof } from './read/prove-event.ts';
export { readEvent, readEvents, type EventFilters, type Opening, type ReadEvent } from './read/read-events.ts';
export { sequenceAll, type SequenceParts } from './sequence/sequence-batch.ts';
export { startSequencer, type Sequencer, type SequencerInput } from './sequence/start-sequencer.ts';
export type { Finding, Verification } from './verify/finding.ts';
export { verifyDatabase, type DatabaseVerification } from './verify/verify-database.ts';
export { verifyExport, type VerifyOptions } from './verify/verify-export.ts';
