import type { Tx } from '#kit/db/index.ts';

/** Who it is, by which key, and when they proved afresh that it is them. */
interface ProvenByKey {
  readonly identityId: string;
  readonly keyId?: string;
  /** The key alone lets nobody in. */
  readonly stepUp?: true;
  readonly provenAt?: Date;
}

/** Who wants in, where to, and from where. */
export interface LoginAsk {
  /** Who proved which key; absent: nobody is known yet. */
  readonly key?: { readonly keyId: string; readonly identityId: string };
  readonly account: string;
  readonly system: string;
  readonly address: string;
  readonly version: string;
}

export type LoginVerdict =
  | { readonly kind: 'in'; readonly identity: ProvenByKey }
  /** They agreed from elsewhere: the browser shows a number that is to be typed at the client. */
  | { readonly kind: 'number' }
  | { readonly kind: 'out'; readonly sentence: string };

/** A login that waits for its person, as the gateway holds it. */
export interface AskedLogin {
  readonly url: string;
  readonly userCode: string;
  readonly seconds: number;
  readonly mayType: boolean;
  readonly decided: Promise<LoginVerdict>;
  type(code: string): Promise<LoginVerdict | undefined>;
  number(typed: string): Promise<LoginVerdict | undefined>;
  left(why: string): void;
}

/** What a gateway asks about registered keys, and about people who agree in a browser. */
export interface GatewayLogins {
  /** Whether a key that is merely offered would be recognised; leaves no trace. */
  recognises(fingerprint: string): Promise<boolean>;
  /** Who proved a registered key, and whether that is enough. */
  identify(fingerprint: string, address: string): Promise<ProvenByKey | undefined>;
  /** Whether a key still counts; whoever removes it waits until the asking transaction is over. */
  keyHolds(tx: Tx, keyId: string): Promise<boolean>;
  mayBeKeyless(): Promise<boolean>;
  ask(login: LoginAsk): Promise<AskedLogin | { readonly refused: string }>;
}
