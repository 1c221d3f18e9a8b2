/** The application cannot be used for this request. The message is told to the person and put on the record: nothing secret. */
export class TargetRefused extends Error {
  readonly kind: 'unreachable' | 'untrusted' | 'forbidden';
  constructor(kind: TargetRefused['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}
