import type { SiteHolder, SiteProof, SiteProven } from '#gateways/port.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { redeemPassword, whosePassword } from '#guard/gateway-passwords/index.ts';
import { systemOfSite } from '#guard/web-terms/index.ts';

/** Takes a password that was shown on a site, if it is one for the system that is served there. */
export async function redeemOnSite(job: JobCtx, { site, ...offer }: SiteProof): Promise<SiteProven | undefined> {
  const system = await systemOfSite(job.db, site);
  // no system is called so: the password is known as one that was shown elsewhere
  const who = await redeemPassword(job, { protocol: 'http', ...offer, system: system ?? `${site} (no system)` });
  return who === undefined || system === undefined ? undefined : { ...who, system };
}

/** Whom a password would sign in on a site, before it does. */
export async function whoseOnSite(job: JobCtx, { site, ...offer }: SiteProof): Promise<SiteHolder | undefined> {
  const system = await systemOfSite(job.db, site);
  if (system === undefined) return undefined;
  const who = await whosePassword(job, { protocol: 'http', ...offer, system });
  return who === undefined ? undefined : { ...who, system };
}
