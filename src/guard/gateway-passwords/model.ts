/** A password for one account and some minutes; its value is known to its holder alone. */
export interface GatewayPassword {
  readonly id: string;
  readonly identityId: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly systemId: string;
  readonly systemName: string;
  readonly protocol: string;
  readonly database: string | null;
  readonly connections: number;
  readonly used: number;
  readonly address: string | null;
  readonly personAddress: string | null;
  readonly askedAt: Date;
  readonly endsAt: Date;
  readonly endedAt: Date | null;
  readonly endedBecause: string | null;
}

/** Protocols of gateways that take passwords, by the kind of system behind them. */
export const PROTOCOLS: ReadonlyMap<string, PasswordProtocol> = new Map([
  ['postgres', 'postgres'],
  ['mysql', 'mysql'],
]);

export type PasswordProtocol = 'postgres' | 'mysql';

/** Protocols where a session is of one database from its beginning to its end: a password can be for one only. */
export const KEEPS_DATABASE: ReadonlySet<string> = new Set(['postgres']);

/** What events of one tell. */
export const facts = (one: Pick<GatewayPassword, 'id' | 'accountId' | 'systemId'>) => ({
  passwordId: one.id,
  accountId: one.accountId,
  systemId: one.systemId,
});

/** What is asked of a password when a client shows it. */
export interface Shown {
  readonly protocol: string;
  /** Absent: whichever the password is for. */
  readonly account?: string | undefined;
  readonly system: string;
  readonly database?: string | undefined;
  readonly address: string;
}

/** What is wrong with it for this use, and whether somebody else must have it: then it is good for nothing any more. */
export function unfit(
  one: GatewayPassword,
  shown: Shown,
  now: Date,
): { readonly how: string; readonly ends: boolean } | undefined {
  const known =
    one.protocol === shown.protocol &&
    (shown.account === undefined || one.accountName === shown.account) &&
    one.systemName === shown.system;
  if (one.endedAt !== null) return { how: 'it was ended', ends: false };
  if (!known) return { how: 'for another account', ends: true };
  if (one.address !== null && one.address !== shown.address) return { how: 'from another address', ends: true };
  if (one.endsAt <= now) return { how: 'after its end', ends: false };
  if (one.used >= one.connections) return { how: 'once too often', ends: false };
  if (one.database !== null && one.database !== shown.database) return { how: 'for another database', ends: false };
  return undefined;
}
