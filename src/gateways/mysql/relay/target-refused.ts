import { ERROR, type Problem } from '../wire/packets.ts';

/** The target cannot be used for this session. `problem` is told to the person and put on the record: nothing secret. */
export class TargetRefused extends Error {
  readonly kind: 'unreachable' | 'untrusted' | 'refused' | 'broken';
  readonly problem: Problem;
  constructor(kind: TargetRefused['kind'], message: string, as: Pick<Problem, 'number' | 'state'> = ERROR.targetGone) {
    super(message);
    this.kind = kind;
    this.problem = { ...as, message };
  }
}
