import type { FileTerms } from '../../../port.ts';
import { text, word } from '../../wire/encode.ts';
import { CaptureRules, type Kept } from './capture-terms.ts';
import { askedOf, deniedBy, limits, refusedByDirection, refusedByPath, type DeniedPath } from './file-terms.ts';
import { FileFollower, TOO_LARGE, type FileAct, type KeepFile } from './follow-files.ts';
import { SftpFrames, type FrameListener } from './read-frames.ts';
import { Fields, readRequest, TYPE, type SftpRequest } from './read-request.ts';

export interface SftpEdges {
  /** Passes bytes on to the target; false: ask the person for no more. */
  toTarget(bytes: Buffer): boolean;
  /** Passes bytes on to the person; false: ask the target for no more. */
  toPerson(bytes: Buffer): boolean;
  /** Nothing is held back any more: the person may send on. */
  resume(): void;
  tell(act: FileAct): void;
  /** Begins to keep a file with the recording. */
  keep?: KeepFile;
  /** One side breaks the protocol where it must be understood. */
  broken(by: 'person' | 'target'): void;
}

const PERMISSION_DENIED = 3;
const VERSION_3 = 3;
/** Numbers of our own questions; a client that uses one of them is refused what it asks. */
const OWN_IDS = 0xfffffe00;
/** Held back for an answer to a question of ours. */
const MOST_HELD = 4 * 1024 * 1024;

/**
 * One SFTP channel, read along in both directions. Without limits every byte goes on as it came, and what cannot be
 * understood goes on unread. With limits each request is judged first: one that is refused never reaches the target and is
 * answered here with a status; one that names a file is held until the target has said which file that is, since `..` and
 * links name others than they seem to, and all after it waits; what cannot be understood ends the session.
 */
export class SftpChannel {
  readonly #edges: SftpEdges;
  readonly #terms: FileTerms | undefined;
  readonly #capture: CaptureRules;
  readonly #follower: FileFollower;
  readonly #fromPerson: SftpFrames;
  readonly #fromTarget: SftpFrames;
  #unread = false;
  /** Whether the target's half, and the person's, takes more. */
  #roomThere = true;
  #roomHere = true;
  /** Whether the content that flows to the target goes on; else it is swallowed. */
  #passing = true;
  /** The same of content that flows to the person. */
  #showing = true;
  /** What waits for the answer to a question, in order. */
  #held: { readonly bytes: number; run(): void }[] = [];
  #heldBytes = 0;
  /** What the target is asked under these numbers, and who hears the answers: a path each, or undefined. */
  #question:
    | {
        readonly ids: readonly number[];
        readonly named: Map<number, string | undefined>;
        answered(named: readonly (string | undefined)[]): void;
      }
    | undefined;
  #denied: readonly DeniedPath[];
  /** Whether the target said where the denied paths lead. */
  #deniedAreResolved = false;
  #nextOwn = OWN_IDS;
  /** Answers of ours, while content of the target's flows. */
  #answers: Buffer[] = [];

  constructor(terms: FileTerms | undefined, edges: SftpEdges) {
    this.#edges = edges;
    this.#terms = limits(terms) ? terms : undefined;
    this.#denied = this.#terms === undefined ? [] : deniedBy(this.#terms);
    this.#capture = new CaptureRules(this.#terms);
    this.#follower = new FileFollower(
      (act) => edges.tell(act),
      (meta) => edges.keep?.(meta),
    );
    this.#fromPerson = new SftpFrames(this.#terms === undefined ? this.#watching() : this.#judging(this.#terms));
    this.#fromTarget = new SftpFrames(this.#following());
  }

  /** Bytes of the person, lent. False: ask for no more. */
  fromPerson(chunk: Buffer): boolean {
    if (this.#terms === undefined) {
      if (!this.#unread) this.#fromPerson.see(chunk);
      return this.#edges.toTarget(chunk);
    }
    this.#roomThere = true;
    this.#fromPerson.see(chunk);
    return this.#roomThere && this.#question === undefined;
  }

  /** Bytes of the target, lent. False: ask for no more. */
  fromTarget(chunk: Buffer): boolean {
    if (this.#terms === undefined) {
      if (!this.#unread) this.#fromTarget.see(chunk);
      return this.#edges.toPerson(chunk);
    }
    this.#roomHere = true;
    this.#fromTarget.see(chunk);
    return this.#roomHere;
  }

  end(): void {
    this.#follower.end();
  }

  #lost(by: 'person' | 'target', act = 'do something that is no SFTP'): void {
    if (this.#terms !== undefined) return this.#edges.broken(by);
    if (this.#unread) return;
    this.#unread = true;
    this.#edges.tell({ act, path: '' });
  }

  /** Without limits the bytes have their own way; this only looks. */
  #watching(): FrameListener {
    return {
      message: (payload) => {
        if (payload[0] === TYPE.init) return;
        const request = readRequest(payload);
        if (request === undefined) return this.#follower.askedOtherwise(idOf(payload));
        if (!this.#follower.asked(request)) this.#lost('person', 'ask for more at once than anybody follows');
      },
      contentBegins: (head, length) => {
        const request = readRequest(head);
        if (request !== undefined) this.#follower.writes(request, length);
      },
      content: (part) => this.#follower.writesOn(part),
      contentEnds: () => {},
      lost: () => this.#lost('person'),
    };
  }

  #judging(terms: FileTerms): FrameListener {
    return {
      message: (payload) => {
        const kept = Buffer.from(payload);
        this.#inTurn(kept.length, () => this.#judge(terms, kept));
      },
      contentBegins: (head, length) => {
        const kept = Buffer.from(head);
        this.#inTurn(kept.length, () => this.#beginWrite(terms, kept, length));
      },
      content: (part) => {
        if (this.#question === undefined) return this.#write(part);
        const kept = Buffer.from(part);
        this.#inTurn(kept.length, () => this.#write(kept));
      },
      contentEnds: () => {},
      lost: () => this.#lost('person'),
    };
  }

  #inTurn(bytes: number, run: () => void): void {
    if (this.#question === undefined) return run();
    this.#held.push({ bytes, run });
    this.#heldBytes += bytes;
    if (this.#heldBytes > MOST_HELD) this.#edges.broken('person');
  }

  #judge(terms: FileTerms, payload: Buffer): void {
    if (payload[0] === TYPE.init) return this.#pass(Buffer.concat([Buffer.of(TYPE.init), word(VERSION_3)]));
    const request = readRequest(payload);
    if (request === undefined) return this.#answer(idOf(payload), 'Reeve does not understand it');
    if (request.id >= OWN_IDS || !this.#follower.mayFollow(request.id))
      return this.#answer(request.id, 'its number is in use');
    const refused = refusedByDirection(terms, request);
    if (refused !== undefined) return this.#refuse(request, refused);
    if (this.#capture.any && request.type === TYPE.read && this.#fileOf(request) === undefined)
      return this.#answer(request.id, 'no such file is open');
    const opens = request.type === TYPE.open;
    const mustAsk = this.#denied.length > 0 || (opens && this.#capture.needPaths);
    const asked = mustAsk ? askedOf(request) : [];
    if (asked.length === 0) return this.#grant(request, payload, opens ? (request.names ?? []) : []);
    // A denied path may be a link itself, or lie behind one; files in it are known by where it leads.
    const links = this.#deniedAreResolved ? [] : this.#denied;
    this.#deniedAreResolved = true;
    this.#ask([...links.map(({ at }) => at), ...asked.map(({ path }) => path)], (named) => {
      const leads = links.map(({ said }, i) => ({ at: named[i] ?? '', said })).filter(({ at }) => at !== '');
      this.#denied = [...this.#denied, ...leads];
      let why: string | undefined;
      const places: string[] = [];
      for (const [i, { name }] of asked.entries()) {
        const folder = named[links.length + i];
        const path = name === undefined ? folder : `${folder ?? ''}/${name}`;
        if (folder === undefined || path === undefined) why ??= 'the target does not say which file that is';
        else {
          why ??= refusedByPath(this.#denied, path, request);
          places.push(path);
        }
      }
      if (why === undefined) this.#grant(request, payload, places);
      else this.#refuse(request, why);
    });
  }

  #ask(paths: readonly string[], answered: (named: readonly (string | undefined)[]) => void): void {
    const ids = paths.map(() => this.#ownId());
    this.#question = { ids, named: new Map(), answered };
    for (const [i, path] of paths.entries())
      this.#pass(Buffer.concat([Buffer.of(TYPE.realpath), word(ids[i] ?? 0), text(Buffer.from(path, 'latin1'))]));
  }

  #ownId(): number {
    this.#nextOwn = this.#nextOwn >= 0xfffffffe ? OWN_IDS : this.#nextOwn + 1;
    return this.#nextOwn;
  }

  #grant(request: SftpRequest, payload: Buffer, places: readonly string[]): void {
    this.#follower.asked(request, this.#keptOf(request, places));
    this.#pass(payload);
  }

  #keptOf(request: SftpRequest, places: readonly string[]): Kept | undefined {
    return request.type === TYPE.open && this.#capture.any ? this.#capture.of(places) : undefined;
  }

  #fileOf({ handle }: SftpRequest): ReturnType<FileFollower['fileOf']> {
    return handle === undefined ? undefined : this.#follower.fileOf(handle);
  }

  #refuse(request: SftpRequest, why: string): void {
    const { id, path, to, act, handle, type } = request;
    const touched = path ?? (handle === undefined ? undefined : this.#follower.fileOf(handle)?.path);
    const done = act ?? (type !== TYPE.open ? 'look at' : request.writes === true ? 'write' : 'read');
    if (touched !== undefined)
      this.#edges.tell({ act: done, path: touched, ...(to === undefined ? {} : { to }), refused: why });
    this.#answer(id, why);
  }

  #beginWrite(terms: FileTerms, head: Buffer, length: number): void {
    const request = readRequest(head);
    const file = request?.handle === undefined ? undefined : this.#follower.fileOf(request.handle);
    this.#passing = request !== undefined && file?.writes === true && refusedByDirection(terms, request) === undefined;
    if (request === undefined || !this.#passing) return this.#answer(idOf(head), 'this may not be written');
    if (request.id >= OWN_IDS || this.#follower.isWaiting(request.id)) {
      this.#passing = false;
      return this.#answer(request.id, 'its number is in use');
    }
    if (!this.#follower.mayWrite(request, length)) {
      this.#passing = false;
      return this.#answer(request.id, TOO_LARGE);
    }
    this.#follower.writes(request, length);
    this.#send(Buffer.concat([word(head.length + length), head]));
  }

  #write(part: Buffer): void {
    if (!this.#passing) return;
    this.#follower.writesOn(part);
    this.#send(part);
  }

  #pass(payload: Buffer): void {
    this.#send(framed(payload));
  }

  #send(bytes: Buffer): void {
    if (!this.#edges.toTarget(bytes)) this.#roomThere = false;
  }

  /** What the target answers; with limits each message goes on by itself, so that ours can stand between them. */
  #following(): FrameListener {
    const limited = this.#terms !== undefined;
    return {
      message: (payload) => {
        if (limited && payload[0] === TYPE.version && idOf(payload) !== VERSION_3) return this.#edges.broken('target');
        if (this.#question?.ids.includes(idOf(payload)) === true) return this.#told(payload);
        if (payload[0] !== TYPE.version) this.#follower.answered(payload);
        if (limited) this.#show(framed(payload));
      },
      contentBegins: (head, length) => {
        if (this.#question?.ids.includes(idOf(head)) === true) return this.#edges.broken('target');
        this.#showing = this.#follower.reads(idOf(head), length);
        if (!this.#showing) this.#answers.push(denial(idOf(head), TOO_LARGE));
        else if (limited) this.#show(Buffer.concat([word(head.length + length), head]));
      },
      content: (part) => {
        if (!this.#showing) return;
        this.#follower.readsOn(part);
        if (limited) this.#show(part);
      },
      contentEnds: () => {
        for (const answer of this.#answers.splice(0)) this.#show(answer);
      },
      lost: () => this.#lost('target'),
    };
  }

  /** The target said which file a path names. */
  #told(payload: Buffer): void {
    const asked = this.#question;
    if (asked === undefined) return;
    const fields = new Fields(payload, 5);
    const named = payload[0] === TYPE.name && fields.word() === 1 ? fields.bytes()?.toString('latin1') : undefined;
    asked.named.set(idOf(payload), named?.startsWith('/') === true ? named : undefined);
    if (asked.named.size < asked.ids.length) return;
    this.#question = undefined;
    asked.answered(asked.ids.map((id) => asked.named.get(id)));
    while (this.#question === undefined) {
      const next = this.#held.shift();
      if (next === undefined) return this.#edges.resume();
      this.#heldBytes -= next.bytes;
      next.run();
    }
  }

  #answer(id: number, why: string): void {
    const answer = denial(id, why);
    if (this.#fromTarget.flowing) this.#answers.push(answer);
    else this.#show(answer);
  }

  #show(bytes: Buffer): void {
    if (!this.#edges.toPerson(bytes)) this.#roomHere = false;
  }
}

const denial = (id: number, why: string): Buffer =>
  framed(Buffer.concat([Buffer.of(TYPE.status), word(id), word(PERMISSION_DENIED), text(`Reeve: ${why}`), text('en')]));
const framed = (payload: Buffer): Buffer => Buffer.concat([word(payload.length), payload]);
const idOf = (payload: Buffer): number => (payload.length < 5 ? 0 : payload.readUInt32BE(1));
