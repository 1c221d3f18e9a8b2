import type { Problem } from '../wire/messages.ts';

/** The target cannot be used for this session. `problem` is told to the person and put on the record: nothing secret. */
export class TargetRefused extends Error {
  readonly kind: 'unreachable' | 'untrusted' | 'refused' | 'broken';
  readonly problem: Problem;
  constructor(kind: TargetRefused['kind'], message: string, more: Partial<Problem> = {}) {
    super(message);
    this.kind = kind;
    this.problem = { severity: 'FATAL', code: kind === 'untrusted' ? '08P01' : '08006', message, ...more };
  }
}
