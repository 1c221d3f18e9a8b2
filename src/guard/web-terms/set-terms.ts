import { sql } from '#kit/db/index.ts';
import { conflict, invalid } from '#kit/errors/index.ts';
import type { WebTerms } from '#gateways/port.ts';
import type { Permit } from '#spine/decide/port.ts';
import { requireSystem } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { webTermsRemoved, webTermsSet } from './events.ts';
import { systemOfSite, webTermsOf } from './store.ts';

/** Headers that are the message's own, or the gateway's: a credential in one of them would change what is sent. */
const TAKEN = new Set(
  'host connection keep-alive te trailer transfer-encoding content-length content-type upgrade expect cookie origin referer date accept user-agent proxy-authorization reeve-password'.split(
    ' ',
  ),
);

/** What is said of a system; what is not named stays as it was, or is as usual. */
export type TermsWanted = { readonly [K in keyof WebTerms]?: WebTerms[K] | undefined };

/** Says how a system is served. Sessions that are open go on as they began. */
export async function setWebTerms(ctx: Ctx, permit: Permit, systemId: string, wanted: TermsWanted): Promise<WebTerms> {
  const system = await requireSystem(ctx.tx, systemId);
  if (system.host === '' || system.port === 0)
    throw invalid('/systemId', `${system.name} is nowhere`, 'only a system with host and port can be served');
  const before = await webTermsOf(ctx.tx, systemId);
  const credential = wanted.credential ?? before?.credential ?? 'basic';
  const header = credential === 'header' ? (wanted.header ?? before?.header)?.toLowerCase() : null;
  if (header === undefined)
    throw invalid('/header', 'is missing', 'name the header that carries the credential, such as x-api-key');
  if (header !== null && (TAKEN.has(header) || header.startsWith('x-forwarded-')))
    throw invalid(
      '/header',
      `${header} has another meaning`,
      'name the header that carries the credential, such as x-api-key',
    );
  const terms: WebTerms = {
    site: wanted.site ?? before?.site ?? siteFrom(system.name),
    credential,
    header,
    keepHost: wanted.keepHost ?? before?.keepHost ?? false,
    hiddenFields: wanted.hiddenFields ?? before?.hiddenFields ?? [],
  };
  const other = await systemOfSite(ctx.tx, terms.site);
  if (other !== undefined && other !== system.name)
    throw conflict('web_terms.site_taken', `another system is served as ${terms.site}`, 'choose another site');
  await ctx.tx.run(sql`
    insert into web_terms (system_id, site, credential, header, keep_host, hidden_fields, changed_at, changed_by)
    values (${systemId}, ${terms.site}, ${terms.credential}, ${terms.header}, ${terms.keepHost},
            ${sql.array(terms.hiddenFields)}::text[], ${ctx.now}, ${ctx.principal.id})
    on conflict on constraint web_terms_pk do update set site = excluded.site, credential = excluded.credential,
      header = excluded.header, keep_host = excluded.keep_host, hidden_fields = excluded.hidden_fields,
      changed_at = excluded.changed_at, changed_by = excluded.changed_by`);
  await ctx.record(permit, { event: webTermsSet, data: { systemId, ...terms, hiddenFields: [...terms.hiddenFields] } });
  return terms;
}

/** Says that a system is served no more. */
export async function removeWebTerms(ctx: Ctx, permit: Permit, systemId: string): Promise<void> {
  await requireSystem(ctx.tx, systemId);
  const before = await webTermsOf(ctx.tx, systemId);
  if (before === undefined)
    throw conflict('web_terms.none', 'this system is not served as a web application', 'nothing is to do');
  await ctx.tx.run(sql`delete from web_terms where system_id = ${systemId}`);
  await ctx.record(permit, { event: webTermsRemoved, data: { systemId, site: before.site } });
}

/** A label of a host name from a system's name. */
function siteFrom(name: string): string {
  const site = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '');
  if (site === '')
    throw invalid('/site', 'cannot be made from the name of the system', 'choose one: small letters, digits and -');
  return site;
}
