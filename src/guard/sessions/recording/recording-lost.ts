/** The end of a recording is not in its store. `head` is the digest of the last chunk that is, hex. */
export class RecordingLost extends Error {
  readonly head: string;
  readonly code: string | undefined;

  constructor(cause: unknown, head: string) {
    super('the end of a recording could not be kept', { cause });
    this.head = head;
    const { code } = (cause ?? {}) as { readonly code?: unknown };
    this.code = typeof code === 'string' ? code : undefined;
  }
}
