import type { Grant } from '../../api/shapes/people.ts';
import type { Tone } from '../../ui/show/badges.tsx';
import { Countdown, TimeAgo } from '../../ui/show/time-ago.tsx';

export const nameOfGrant = (grant: Grant): string => grant.name ?? 'access without a name';

const origins: Readonly<Record<string, string>> = {
  birthright: 'comes with the job',
  request: 'requested and approved',
  jit: 'activated for a while',
  exception: 'an exception',
  import: 'found at the first import',
  admin: 'given by an administrator',
};
/** Why it is there, as a sentence. */
export const originWords = (grant: Grant): string => {
  const origin = origins[grant.origin] ?? grant.origin;
  return grant.reason === null || grant.reason === '' ? origin : `${origin}: ${grant.reason}`;
};

export const grantState = (
  grant: Grant,
  now = Date.now(),
): { readonly word: string; readonly tone: Tone; readonly live: boolean } => {
  if (Date.parse(grant.validFrom) > now) return { word: 'to come', tone: 'wait', live: true };
  if (grant.validTo !== null && Date.parse(grant.validTo) <= now) return { word: 'ended', tone: 'quiet', live: false };
  return { word: 'live', tone: 'good', live: true };
};

export const until = (grant: Grant) => {
  if (grant.validTo === null) return <span className="dim">for good</span>;
  return grantState(grant).live ? <Countdown to={grant.validTo} /> : <TimeAgo at={grant.validTo} />;
};
