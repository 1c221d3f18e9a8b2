import type { SiteProof, SiteProven } from '#gateways/port.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { redeemPassword } from '#guard/gateway-passwords/index.ts';
import { systemOfSite } from '#guard/web-terms/index.ts';

/** Takes a password that was shown on a site, if it is one for the system that is served there. */
export async function redeemOnSite(job: JobCtx, { site, ...offer }: SiteProof): Promise<SiteProven | undefined> {
  const system = await systemOfSite(job.db, site);
  // no system is called so: the password is known as one that was shown elsewhere
  const who = await redeemPassword(job, { protocol: 'http', ...offer, system: system ?? `${site} (no system)` });
  return who === undefined || system === undefined ? undefined : { ...who, system };
}
