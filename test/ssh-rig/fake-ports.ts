import { createHash } from 'node:crypto';
import { silentLog } from '#kit/log/index.ts';
import type {
  AdmitRequest,
  Admission,
  ChannelMeta,
  ChannelRecorder,
  CommandRule,
  FileTerms,
  LoginProof,
  ProvenIdentity,
  BegunStatement,
  EndedStatement,
  PasswordGatewayPorts,
  PasswordProof,
  Recorder,
  SessionEvent,
  SessionOrder,
  StatementRecorder,
  StatementRules,
  StatementsMeta,
  Ticket,
} from '#gateways/port.ts';

/** What one channel's recorder was handed, in order. */
export interface RecordedChannel {
  readonly meta: ChannelMeta;
  readonly output: Buffer[];
  readonly stderr: Buffer[];
  readonly input: Buffer[];
  readonly sizes: [number, number][];
  ends: { code?: number; signal?: string }[];
}

/** What was recorded of one statement. */
export interface RecordedStatement extends BegunStatement {
  ended?: EndedStatement;
}

/** A recorder that keeps everything, and that a test can stall or break. */
export class MemoryRecorder implements Recorder {
  readonly channels: RecordedChannel[] = [];
  readonly failed: Promise<never>;
  stalled = false;
  #fail: (error: Error) => void = () => {};
  #resume: (() => void)[] = [];

  constructor() {
    this.failed = new Promise<never>((_resolve, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
  }
  break(): void {
    this.#fail(new Error('the disk is full'));
  }
  release(): void {
    this.stalled = false;
    for (const go of this.#resume.splice(0)) go();
  }
  drained(): Promise<void> {
    return this.stalled ? new Promise((resolve) => void this.#resume.push(resolve)) : Promise.resolve();
  }
  readonly all: RecordedStatement[] = [];
  readonly closed: { in: number; out: number }[] = [];
  /** Of statements only that there were any, for measuring what is not the recorder. */
  forgetful = false;
  statements(_meta: StatementsMeta): StatementRecorder {
    const isStalled = (): boolean => this.stalled;
    return {
      get full() {
        return isStalled();
      },
      began: (statement) => (this.forgetful ? 0 : this.all.push({ ...statement }) - 1),
      ended: (n, how) => {
        const one = this.all[n];
        if (one === undefined) return;
        if (one.ended !== undefined) throw new Error(`statement ${n} ended twice`);
        one.ended = how;
      },
      close: (bytes) => void this.closed.push(bytes),
    };
  }
  channel(meta: ChannelMeta): ChannelRecorder {
    const kept: RecordedChannel = { meta, output: [], stderr: [], input: [], sizes: [], ends: [] };
    this.channels.push(kept);
    return {
      output: (data, stderr) => {
        (stderr === true ? kept.stderr : kept.output).push(Buffer.from(data));
        return !this.stalled;
      },
      input: (data) => {
        kept.input.push(Buffer.from(data));
        return !this.stalled;
      },
      resize: (cols, rows) => void kept.sizes.push([cols, rows]),
      end: (exit) => void kept.ends.push(exit),
    };
  }
}

/** Everything a test can see of one admitted session. */
export interface SeenSession {
  readonly ask: AdmitRequest;
  readonly recorder: MemoryRecorder;
  readonly events: SessionEvent[];
  readonly ended: { reason: string; bytesIn: number; bytesOut: number }[];
  readonly whenEnded: Promise<void>;
  kill(sentence: string): void;
  /** Gives its gateway an order. */
  order(kind: SessionOrder['kind'], sentence: string): void;
}

export interface TargetFacts {
  readonly host: string;
  readonly port: number;
  readonly pinned: readonly string[];
  readonly username: string;
  readonly secret: { readonly privateKey: Buffer } | { readonly password: Buffer };
}

/** Ports with one identity per known key and every admission going to one target. */
export class FakePorts implements PasswordGatewayPorts {
  readonly log = silentLog;
  readonly known = new Map<string, string>();
  readonly sessions: SeenSession[] = [];
  /** Whose the certificates of an authority are, by its fingerprint and their first principal. */
  readonly certified = new Map<string, string>();
  readonly identified: LoginProof[] = [];
  readonly offered: LoginProof[] = [];
  readonly passwords = new Map<string, string>();
  readonly redeemed: Omit<PasswordProof, 'password'>[] = [];
  statementRules: StatementRules | undefined;
  sharedAccount = false;
  refusal: { code: string; message: string } | undefined;
  allowForwarding: string[] = [];
  allowListening: number[] = [];
  allowAgent = false;
  files: FileTerms | undefined;
  commands: CommandRule[] = [];
  /** Commands that matched, and what is said of those that ask. */
  readonly matched: { readonly does: string; readonly command: string }[] = [];
  answer: () => Promise<{ may: boolean; sentence: string }> = async () => ({ may: true, sentence: 'agreed' });
  notice = 'Reeve: this session is recorded.';
  target: TargetFacts;
  recorderOf: (() => MemoryRecorder) | undefined;
  admitDelayMs = 0;
  /** Why sessions begin paused, if they do. */
  beginsPaused: string | undefined;

  constructor(target: TargetFacts) {
    this.target = target;
  }
  async recognises(proof: LoginProof): Promise<boolean> {
    this.offered.push(proof);
    return this.#holder(proof) !== undefined;
  }
  async identify(proof: LoginProof): Promise<ProvenIdentity | undefined> {
    this.identified.push(proof);
    const identityId = this.#holder(proof);
    if (identityId === undefined) return undefined;
    return proof.kind === 'ssh_certificate' ? { identityId, certificateId: proof.serial } : { identityId };
  }
  #holder(proof: LoginProof): string | undefined {
    if (proof.kind === 'ssh_public_key') return this.known.get(proof.fingerprint);
    return this.certified.get(`${proof.authority} ${proof.principals.join(',')}`);
  }
  async redeem({ password, ...offer }: PasswordProof): Promise<{ identityId: string } | undefined> {
    this.redeemed.push(offer);
    const identityId = this.passwords.get(password.toString());
    return identityId === undefined ? undefined : { identityId };
  }
  async admit(ask: AdmitRequest): Promise<Admission> {
    if (this.admitDelayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.admitDelayMs));
    if (this.refusal !== undefined) return { admitted: false, ...this.refusal };
    const kill = new AbortController();
    const recorder = this.recorderOf?.() ?? new MemoryRecorder();
    const { secret, username } = this.target;
    let heard: () => void = () => {};
    const whenEnded = new Promise<void>((resolve) => (heard = resolve));
    let obey: (order: SessionOrder) => void = () => {};
    const seen: SeenSession = {
      ask,
      recorder,
      events: [],
      ended: [],
      whenEnded,
      kill: (sentence) => kill.abort(sentence),
      order: (kind, sentence) => obey({ kind, sentence }),
    };
    this.sessions.push(seen);
    const ticket: Ticket = {
      sessionId: `session-${this.sessions.length}`,
      target: { host: this.target.host, port: this.target.port, pinned: this.target.pinned, systemName: ask.system },
      credential:
        'password' in secret
          ? { kind: 'password', username, password: Buffer.from(secret.password) }
          : { kind: 'ssh_key', username, privateKey: Buffer.from(secret.privateKey) },
      notice: this.notice,
      obligations: {
        record: true,
        allowForwarding: this.allowForwarding,
        allowListening: this.allowListening,
        allowAgent: this.allowAgent,
        ...(this.files === undefined ? {} : { files: this.files }),
        ...(this.commands.length === 0 ? {} : { commands: this.commands }),
        ...(this.sharedAccount ? { sharedAccount: true as const } : {}),
        ...(this.statementRules === undefined ? {} : { statements: this.statementRules }),
      },
      recorder,
      kill: kill.signal,
      orders: (takes) => {
        obey = takes;
        if (this.beginsPaused !== undefined) obey({ kind: 'pause', sentence: this.beginsPaused });
      },
      commandMatched: ({ rule, command }) => {
        this.matched.push({ does: rule.does, command });
        return this.answer();
      },
      event: (event) => void seen.events.push(event),
      ended: async (how) => {
        seen.ended.push(how);
        heard();
      },
    };
    return { admitted: true, ticket };
  }
  last(): SeenSession {
    const seen = this.sessions.at(-1);
    if (seen === undefined) throw new Error('no session was admitted');
    return seen;
  }
}

export const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
