/** Somebody's leave to open one account from a browser, once. */
export interface BrowserSession {
  readonly id: string;
  readonly identityId: string;
  readonly signinId: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly systemId: string;
  readonly systemName: string;
  readonly systemKind: string;
  readonly endsAt: Date;
  readonly usedAt: Date | null;
  readonly endedBecause: string | null;
}

/** Kinds of systems whose accounts are listed as what a browser opens. */
export const OPENED_KINDS = ['linux', 'postgres', 'mysql'] as const;

/** By which gateway a system of this kind is opened from a browser. */
export const protocolOf = (kind: string): 'ssh' | 'postgres' | 'mysql' =>
  kind === 'postgres' || kind === 'mysql' ? kind : 'ssh';

/** From asking to connecting: a browser does both by itself. */
export const KEY_LASTS_MS = 60_000;

/** What events of one tell. */
export const facts = (one: Pick<BrowserSession, 'id' | 'accountId' | 'systemId'>) => ({
  browserSessionId: one.id,
  accountId: one.accountId,
  systemId: one.systemId,
});

/**
 * What is wrong with a key that is shown by this sign-in, and whether somebody else must have it: then
 * it is good for nothing any more.
 */
export function unfit(
  one: BrowserSession,
  shown: { readonly identityId: string; readonly signinId: string },
  now: Date,
): { readonly how: string; readonly ends: boolean } | undefined {
  if (one.endedBecause !== null) return { how: 'it was ended', ends: false };
  if (one.usedAt !== null) return { how: 'a second time', ends: false };
  if (one.identityId !== shown.identityId) return { how: 'by another person', ends: true };
  if (one.signinId !== shown.signinId) return { how: 'by another sign-in', ends: true };
  if (one.endsAt <= now) return { how: 'after its end', ends: false };
  return undefined;
}
