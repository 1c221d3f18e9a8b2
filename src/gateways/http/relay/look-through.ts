import { Transform, type TransformCallback } from 'node:stream';
import type { Decoder } from './content-codings.ts';
import { WatchSecrets } from './watch-secrets.ts';

/** More than any text comes to in gzip; what grows by more is made to keep its readers busy. */
const MOST_GROWTH = 1_100;
const LET_GROW = 64 * 1024 * 1024;
/** What waits for the end of what may be a secret. */
const MOST_WAITING = 4 * 1024 * 1024;

/**
 * Lets a coded stream through as it came, each piece once what it says was looked through, so that no secret leaves in
 * another coding. Ends with an error at a secret, at what cannot be decoded, and at what grows beyond measure.
 */
export class LookThrough extends Transform {
  readonly #make: Decoder;
  readonly #coded: WatchSecrets;
  readonly #plain: WatchSecrets;
  #decoder: Transform | undefined;
  #waiting: Buffer[] = [];
  #held = 0;
  #came = 0;
  #said = 0;
  #wrong: Error | undefined;
  #done: (() => void) | undefined;

  constructor(make: Decoder, secrets: readonly string[]) {
    super();
    this.#make = make;
    this.#coded = new WatchSecrets(secrets);
    this.#plain = new WatchSecrets(secrets);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#came += chunk.length;
    // what is said to be coded may be plain
    if (this.#coded.passes(chunk) === undefined) return done(new SecretSeen());
    this.#waiting.push(chunk);
    this.#held += chunk.length;
    const decoder = (this.#decoder ??= this.#begin(chunk));
    this.#await(done);
    decoder.write(chunk, () => this.#done?.());
  }

  override _flush(done: TransformCallback): void {
    const decoder = this.#decoder;
    if (decoder === undefined) return done();
    this.#await((error) => {
      if (error === null || error === undefined) this.#letGo();
      done(error);
    });
    decoder.once('end', () => this.#done?.());
    decoder.end();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#decoder?.destroy();
    done(error);
  }

  #begin(first: Buffer): Transform {
    const decoder = this.#make(first);
    decoder.on('data', (said: Buffer) => {
      this.#said += said.length;
      if (this.#wrong !== undefined) return;
      if (this.#plain.passes(said) === undefined) this.#fail(new SecretSeen());
      else if (this.#said > LET_GROW + MOST_GROWTH * this.#came) this.#fail(new CannotBeRead('grows beyond measure'));
    });
    decoder.on('error', () => this.#fail(new CannotBeRead('is not what it is said to be')));
    return decoder;
  }

  #fail(error: Error): void {
    this.#wrong ??= error;
    this.#done?.();
  }

  /** Has `done` called once, when the decoder has taken what it was given, or failed. */
  #await(done: TransformCallback): void {
    this.#done = () => {
      this.#done = undefined;
      if (this.#wrong !== undefined) return done(this.#wrong);
      if (this.#coded.rest().length === 0 && this.#plain.rest().length === 0) this.#letGo();
      else if (this.#held > MOST_WAITING) return done(new CannotBeRead('cannot be told from the credential'));
      done();
    };
  }

  #letGo(): void {
    for (const chunk of this.#waiting.splice(0)) this.push(chunk);
    this.#held = 0;
  }
}

/** The credential stands in it. */
export class SecretSeen extends Error {}
/** Nobody can say what stands in it. */
export class CannotBeRead extends Error {}
