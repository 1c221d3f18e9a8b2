import { AppError } from '#kit/errors/index.ts';
import type { Session } from './model.ts';

/** Throws 410 `recording.purged` for a recording that is there no more. */
export function refusePurged({ recordingPurgedAt, recordingPurgedClass }: Session): void {
  if (recordingPurgedAt === null) return;
  throw new AppError({
    code: 'recording.purged',
    status: 410,
    detail: `this recording was taken away on ${recordingPurgedAt.toISOString().slice(0, 10)}, as its class ${recordingPurgedClass ?? ''} says`,
    fix: 'the session and what the audit log has of it stay; a backup from before has the recording',
  });
}
