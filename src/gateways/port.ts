import type { Log } from '#kit/log/index.ts';

/** What every gateway is handed, and nothing else: a way to admit people, and for each session a ticket with its recorder and kill switch. */
export interface GatewayPorts {
  readonly log: Log;
  /**
   * Whether a key that a client merely offers would be recognised. Says nothing of who, so that an offer can never
   * become an identity (CVE-2024-45337); it only spares people a passphrase or a touch for a key that leads nowhere.
   */
  recognises(offer: KeyProof): Promise<boolean>;
  /** The identity behind a key the client has just proved to hold by a verified signature, or undefined. Asked once a connection. */
  identify(proof: KeyProof): Promise<{ readonly identityId: string } | undefined>;
  /** Decides and opens a session. A refusal is recorded by the callee and carries what to tell the person. */
  admit(ask: AdmitRequest): Promise<Admission>;
}

/** `fingerprint` is OpenSSH's `SHA256:…` of the public key. */
export interface KeyProof {
  readonly kind: 'ssh_public_key';
  readonly fingerprint: string;
  readonly address: string;
}

export interface AdmitRequest {
  readonly protocol: 'ssh' | 'postgres' | 'mysql' | 'http';
  readonly identityId: string;
  /** As typed: account and system name, for instance `root` on `web1`. */
  readonly account: string;
  readonly system: string;
  readonly clientAddress: string;
  readonly clientVersion: string;
  /** This gateway obeys the orders of a ticket. Without it, what may have to be paused is not admitted. */
  readonly obeysOrders?: true;
}

export type Admission =
  | { readonly admitted: false; readonly code: string; readonly message: string }
  | { readonly admitted: true; readonly ticket: Ticket };

/** One admitted session. The holder must call `ended` exactly once, whatever happens. */
export interface Ticket {
  readonly sessionId: string;
  readonly target: {
    readonly host: string;
    readonly port: number;
    readonly pinned: readonly string[];
    readonly systemName: string;
  };
  /** Lent to this one session: the gateway overwrites the secret's bytes once the target has taken or refused it. */
  readonly credential: GatewayCredential;
  /** First line shown to the person on an interactive channel. */
  readonly notice: string;
  /** `allowForwarding` lists `host:port` as seen from the target; anything else is refused. */
  readonly obligations: {
    readonly record: boolean;
    readonly allowForwarding: readonly string[];
    readonly allowAgent: boolean;
  };
  readonly recorder: Recorder;
  /** Fires once, its reason being the sentence to show, when the session must end now. The gateway closes every channel and both connections. */
  readonly kill: AbortSignal;
  /**
   * Has `obey` called with each order from now on, in turn; at once for a session that begins paused. Called once, before
   * anything of the target is opened. Absent on a ticket that nobody gives orders to.
   */
  orders?(obey: (order: SessionOrder) => void): void;
  /** An event of the session worth a line in its record: command run, file moved, forward refused. No secrets. */
  event(event: SessionEvent): void;
  ended(how: { readonly reason: string; readonly bytesIn: number; readonly bytesOut: number }): Promise<void>;
}

/**
 * What somebody in charge wants of a running session, beside its end; `sentence` is for the person. From `pause` to `resume`
 * nothing flows either way and nothing is opened; the connections stay, leaving is possible, and the kill switch works.
 */
export interface SessionOrder {
  readonly kind: 'pause' | 'resume' | 'message';
  readonly sentence: string;
}

export type GatewayCredential =
  | { readonly kind: 'password'; readonly username: string; readonly password: Buffer }
  | { readonly kind: 'ssh_key'; readonly username: string; readonly privateKey: Buffer };

export interface SessionEvent {
  readonly type: 'shell' | 'exec' | 'subsystem' | 'forward' | 'refused' | 'file' | 'command';
  /** Milliseconds since the session began. */
  readonly atMs: number;
  readonly detail: string;
}

/** Takes what flows, in order. A false return means stop reading until `drained` resolves: nothing runs unrecorded. */
export interface Recorder {
  channel(meta: ChannelMeta): ChannelRecorder;
  drained(): Promise<void>;
  /** Rejects when recording is no longer possible; the session must end. */
  readonly failed: Promise<never>;
}

export interface ChannelMeta {
  readonly kind: 'shell' | 'exec' | 'subsystem' | 'forward';
  readonly command?: string;
  readonly term?: string;
  readonly cols?: number;
  readonly rows?: number;
}

/** Bytes are lent for the length of the call: an implementation copies what it keeps. */
export interface ChannelRecorder {
  /** From the target to the person; `stderr` when it came on that stream. */
  output(data: Buffer, stderr?: boolean): boolean;
  /** From the person to the target. */
  input(data: Buffer): boolean;
  resize(cols: number, rows: number): void;
  end(exit: { readonly code?: number; readonly signal?: string }): void;
}
