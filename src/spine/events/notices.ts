import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/contract.ts';

/** Somebody ought to be told. Whoever sends mail reacts to it; what it says is sealed under the key of whom it is about. */
export const noticeWanted = defineEvent('notice.wanted', {
  /** Identities to be told. */
  to: pub(z.array(z.uuid())),
  /** Name of the text, for instance `approval.wanted`. */
  template: pub(z.string()),
  /** The console's page where one acts, for instance `/requests/…`. Never an act by itself. */
  path: pub(z.string()),
  /** A link of their own for some of them, by identity: what it is proved with is made when the mail is sent. */
  links: pub(z.record(z.string(), z.uuid()).optional()),
  /** Never kept back, whatever people want: it is about security, or about hours. */
  urgent: pub(z.boolean().optional()),
  /** An answer is wanted by then. */
  answerBy: pub(z.iso.datetime().optional()),
  /** What the text fills in, by name. */
  facts: personal(z.record(z.string(), z.string())),
});

/**
 * Asks that people be told of something, in the transaction in which it happened. How and when is the business of
 * whoever sends notices; nothing here waits for it. Nobody to tell: nothing is asked.
 */
export const askNotice = async (
  ctx: Ctx,
  permit: Permit,
  notice: {
    readonly to: readonly string[];
    readonly template: string;
    readonly path: string;
    /** The identity it is about. */
    readonly about: string;
    readonly facts: Readonly<Record<string, string>>;
    /** Links of their own, by identity, in place of `path`. */
    readonly links?: Readonly<Record<string, string>> | undefined;
    /** Told at once, also to those who want mails together. */
    readonly urgent?: boolean | undefined;
    /** When an answer is wanted: it is not kept back where too little time would be left. */
    readonly answerBy?: Date | undefined;
  },
): Promise<void> => {
  const to = [...new Set(notice.to)];
  if (to.length === 0) return;
  const links = Object.keys(notice.links ?? {}).length === 0 ? undefined : { ...notice.links };
  await ctx.record(permit, {
    event: noticeWanted,
    subject: notice.about,
    data: {
      to,
      template: notice.template,
      path: notice.path,
      links,
      urgent: notice.urgent,
      answerBy: notice.answerBy?.toISOString(),
      facts: { ...notice.facts },
    },
  });
};
