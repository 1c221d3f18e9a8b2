import type { Log } from '#kit/log/index.ts';
import type { Protocol, Recorder, SessionEvent } from './recorder-port.ts';

export type * from './recorder-port.ts';

/** What every gateway counts since it started, each with what it says; `countsAsMetrics` exports it. */
export const GATEWAY_COUNTS = {
  connections: 'Connections taken.',
  connectionsOpen: 'Connections open now.',
  refusedForLoad: 'Connections refused because too many stood at the door.',
  loginsAccepted: 'People who proved who they are.',
  loginsRefused: 'Proofs that proved nobody.',
  admissionsRefused: 'Sessions refused to people who proved who they are.',
  sessionsOpen: 'Sessions open now.',
  sessionsEnded: 'Sessions that ended.',
  sessionsKilled: 'Sessions that were ended by Reeve.',
  targetsFailed: 'Targets that could not be reached or did not let Reeve in.',
  protocolViolations: 'Connections ended because they broke the protocol.',
  recorderWaits: 'Times a session waited for its recording.',
  bytesIn: 'Bytes from people to targets.',
  bytesOut: 'Bytes from targets to people.',
} as const;

/** What every gateway is handed, and nothing else: a way to admit people, and for each session a ticket with its recorder and kill switch. */
export interface GatewayPorts {
  readonly log: Log;
  /**
   * Whether a key that a client merely offers would be recognised. Says nothing of who, so that an offer can never
   * become an identity (CVE-2024-45337); it only spares people a passphrase or a touch for a key that leads nowhere.
   */
  recognises(offer: LoginProof): Promise<boolean>;
  /** The identity behind a key the client has just proved to hold by a verified signature, or undefined. Asked once a connection. */
  identify(proof: LoginProof): Promise<ProvenIdentity | undefined>;
  /** Decides and opens a session. A refusal is recorded by the callee and carries what to tell the person. */
  admit(ask: AdmitRequest): Promise<Admission>;
  /** Logins that their person agrees to while the client waits; absent: keys and certificates are all there is. */
  readonly logins?: LoginPorts;
}

/** How somebody proves besides, or instead of, a key who they are: in a browser, or by a one-time code. */
export interface LoginPorts {
  /** Whether somebody may sign in without any key. */
  mayBeKeyless(): Promise<boolean>;
  /** Asks the person to agree. A sentence for the client where nobody can be asked. */
  ask(login: LoginAsk): Promise<AskedLogin | { readonly refused: string }>;
}

/** Who wants in, where to, and from where. */
interface LoginAsk {
  /** Who proved which key; absent: nobody is known yet. */
  readonly key?: { readonly keyId: string; readonly identityId: string };
  readonly account: string;
  readonly system: string;
  readonly address: string;
  readonly version: string;
}

/** A login that waits for its person. The holder calls `left` when nobody waits for it any more. */
export interface AskedLogin {
  /** Where they agree; holds no secret. */
  readonly url: string;
  /** What they type there. */
  readonly userCode: string;
  readonly seconds: number;
  /** A one-time code may be typed at the client instead. */
  readonly mayType: boolean;
  /** What was decided, once it is; also when the time is over. */
  readonly decided: Promise<LoginVerdict>;
  /** A one-time code as it was typed; undefined: wrong, and there is another try. */
  type(code: string): Promise<LoginVerdict | undefined>;
  /** The number that the browser shows, as it was typed; undefined: wrong, and there is another try. */
  number(typed: string): Promise<LoginVerdict | undefined>;
  left(why: string): void;
}

export type LoginVerdict =
  | { readonly kind: 'in'; readonly identity: ProvenIdentity }
  /** They agreed from elsewhere: the browser shows a number that is to be typed at the client. */
  | { readonly kind: 'number' }
  | { readonly kind: 'out'; readonly sentence: string };

/** What a gateway is handed besides whose protocol carries passwords and no keys. */
export interface PasswordGatewayPorts extends GatewayPorts {
  /**
   * The identity a gateway password was given to, if it is good for just this: the account, the system, the database and
   * the address. Counts the use. Whoever refuses records why; the client hears that it was refused and no more.
   */
  redeem(offer: PasswordProof): Promise<PasswordProven | undefined>;
}

/** What a gateway is handed that serves web applications, each on a site of its own. */
export interface WebGatewayPorts extends Pick<GatewayPorts, 'log' | 'admit'> {
  /** Like `redeem` of a password: the site says which system, the password itself which account. */
  redeem(offer: SiteProof): Promise<SiteProven | undefined>;
  /** Whom a password would sign in, for them to see before it does. Counts nothing. */
  whose(offer: SiteProof): Promise<SiteHolder | undefined>;
}

/** Whom a password signs in, as people read it. */
export interface SiteHolder {
  readonly person: string;
  readonly account: string;
  readonly system: string;
}

/** A gateway password as it came for a site. The bytes are the caller's, to wipe. */
export interface SiteProof {
  readonly password: Buffer;
  /** The first label of the host name. */
  readonly site: string;
  /** As the client named it; absent: whichever the password is for. */
  readonly account?: string;
  readonly address: string;
}

/** Whose password it is, and for which account on which system. */
export interface SiteProven {
  readonly identityId: string;
  readonly account: string;
  readonly system: string;
}

/** A gateway password as a client sent it over TLS. The bytes are the caller's, to wipe. */
export interface PasswordProof {
  readonly protocol: Protocol;
  readonly password: Buffer;
  readonly account: string;
  readonly system: string;
  /** Absent where the protocol has none or the client named none. */
  readonly database?: string;
  readonly address: string;
}

/** Whose password it is. */
export interface PasswordProven {
  readonly identityId: string;
  readonly passwordId?: string;
  /** Where they are, when it is Reeve that connects for them; absent: where the connection comes from. */
  readonly address?: string;
}

/** `fingerprint` is OpenSSH's `SHA256:…` of the public key. */
export interface KeyProof {
  readonly kind: 'ssh_public_key';
  readonly fingerprint: string;
  readonly address: string;
}

/**
 * A certificate in itself right: signed by the key `authority` (a fingerprint), valid now, used from where it may be. What
 * it is worth is the callee's to say: whether that authority counts, whom it names, whether it was revoked.
 */
export interface CertificateProof {
  readonly kind: 'ssh_certificate';
  /** Of the certified key. */
  readonly fingerprint: string;
  readonly authority: string;
  readonly serial: string;
  readonly principals: readonly string[];
  readonly address: string;
}

export type LoginProof = KeyProof | CertificateProof;

/** Who it is, and by which certificate or registered key of Reeve's record they proved it, if by one. */
export interface ProvenIdentity {
  readonly identityId: string;
  readonly certificateId?: string;
  readonly keyId?: string;
  /** The key alone lets nobody in: its person has to prove afresh that it is them. */
  readonly stepUp?: true;
  /** When they proved afresh that it is them, if they did for this. */
  readonly provenAt?: Date;
  /** Where they are, when it is Reeve that connects for them; absent: where the connection comes from. */
  readonly address?: string;
}

export interface AdmitRequest {
  readonly protocol: Protocol;
  readonly identityId: string;
  /** The certificate that proved it; the session ends with it when it is revoked. */
  readonly certificateId?: string;
  /** The registered key that proved it; the session ends with it when it is removed. */
  readonly keyId?: string;
  /** When they proved afresh, for this login, that it is them. */
  readonly provenAt?: Date;
  /** The gateway password that proved it. */
  readonly passwordId?: string;
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
    /** Programs on the target may list the keys of the person's own agent and have it sign; each signature is told of. */
    readonly allowAgent: boolean;
    /** Ports of the target's loopback on which the person may listen (`ssh -R`). */
    readonly allowListening?: readonly number[];
    /** Absent: files go both ways, whichever. */
    readonly files?: FileTerms;
    /** What happens at which commands of a shell or of `ssh host command`; absent: nothing. */
    readonly commands?: readonly CommandRule[];
    /** The account is not this person's alone: what others run on it is not theirs to stop. Absent: it is. */
    readonly sharedAccount?: true;
    /** What statements of a database session may not be; absent: nothing is refused. */
    readonly statements?: StatementRules;
    /** How a web application is served; there on every ticket for `http`. */
    readonly web?: WebTerms;
    /** What requests of a web session may not be; absent: nothing is refused. */
    readonly requests?: RequestRules;
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
  /**
   * A command of the session matched a rule. Of one that asks: answers whether it may run, with the sentence to show, once
   * somebody said so or the time for it is over. Absent: nobody can be asked.
   */
  commandMatched?(match: {
    readonly rule: CommandRule;
    readonly command: string;
  }): Promise<{ readonly may: boolean; readonly sentence: string }>;
  ended(how: { readonly reason: string; readonly bytesIn: number; readonly bytesOut: number }): Promise<void>;
}

/** What happens when a command is like a pattern: words, `*` for anything. */
export interface CommandRule {
  readonly pattern: string;
  /** `alert`: it runs, and somebody is told. `ask`: it waits for somebody to agree. `end`: it does not run and the session ends. */
  readonly does: 'alert' | 'ask' | 'end';
}

/** Which way files may go, and which paths of the target nobody touches by file transfer. */
export interface FileTerms {
  readonly direction: 'both' | 'from_target' | 'to_target' | 'none';
  /** Absolute; what is below them too. */
  readonly deniedPaths: readonly string[];
  /** Which files are kept with the recording: the first rule that fits. Absent: none is. */
  readonly capture?: readonly CaptureRule[];
}

/** Files that are kept with the recording. */
export interface CaptureRule {
  readonly direction: 'both' | 'from_target' | 'to_target';
  /** Absolute; `*` stands for anything within a name, `**` for anything. */
  readonly path: string;
  /** Of one file, each time it is opened. */
  readonly mostBytes: number;
  /** What becomes of a larger one: it goes on and is kept so far, or it is refused there. */
  readonly beyond: 'go_on' | 'refuse';
}

/**
 * What somebody in charge wants of a running session, beside its end; `sentence` is for the person. From `pause` to `resume`
 * nothing flows either way and no channel is opened nor statement passed on; the connections stay, leaving is possible, and the kill switch works.
 */
export interface SessionOrder {
  readonly kind: 'pause' | 'resume' | 'message';
  readonly sentence: string;
}

export type GatewayCredential =
  | { readonly kind: 'password'; readonly username: string; readonly password: Buffer }
  | { readonly kind: 'ssh_key'; readonly username: string; readonly privateKey: Buffer }
  /** `certificate` is the one line of a `-cert.pub` file, for the Ed25519 key `privateKey`. */
  | {
      readonly kind: 'ssh_certificate';
      readonly username: string;
      readonly privateKey: Buffer;
      readonly certificate: string;
    };

/** What statements may not be. All of those that are set hold. */
export interface StatementRules {
  readonly readOnly: boolean;
  readonly noDdl: boolean;
  /** No `delete` or `update` without `where`. */
  readonly whereNeeded: boolean;
  /** Nobody becomes another role within the session. */
  readonly keepRole: boolean;
  /** `table`, `schema.table` or `schema.*`, in small letters as catalogues keep them. */
  readonly denyTables: readonly string[];
}

/** How a web application is served. */
export interface WebTerms {
  /** The first label of its host name at the gateway. */
  readonly site: string;
  /** How the credential goes with each request: by HTTP Basic, as a bearer token, or as the value of `header`. */
  readonly credential: 'basic' | 'bearer' | 'header';
  /** The header's name, in small letters; null but for `header`. */
  readonly header: string | null;
  /** The application is told the host name people see, instead of its own. */
  readonly keepHost: boolean;
  /** Fields of queries whose values are not kept, besides those that are known to be secret. */
  readonly hiddenFields: readonly string[];
}

/** What requests of a web session may not be. All of those that are set hold. */
export interface RequestRules {
  /** Nothing but GET, HEAD and OPTIONS, and no WebSocket. */
  readonly readOnly: boolean;
  readonly noWebSockets: boolean;
  /** Absolute; what is below them too. `*` stands for one part. */
  readonly denyPaths: readonly string[];
  /** Names of request headers, in small letters. */
  readonly denyHeaders: readonly string[];
}
