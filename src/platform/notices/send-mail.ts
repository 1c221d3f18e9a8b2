import type { Keys } from '#kit/crypto/index.ts';
import type { Db } from '#kit/db/index.ts';
import { unavailable } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { loadEvent } from '#spine/audit/index.ts';
import { calendarsOf } from '#spine/calendars/index.ts';
import { noticeLinkToken, noticeWanted } from '#spine/events/index.ts';
import { getIdentity } from '#spine/graph/index.ts';
import type { HappenedEvent, JobCtx } from '#spine/operations/index.ts';
import { MOST_TRIES, SEND } from './collect-digests.ts';
import { noticeNotSent, noticeSent } from './events.ts';
import type { Delivery, MailServer } from './mail-server.ts';
import { houseTexts } from './house-texts.ts';
import { preferencesOf } from './preferences.ts';
import { DIGEST, renderDigest, type DigestLine } from './render-digest.ts';
import { renderMail, type Link, type Rendered } from './render-mail.ts';
import { countAttempt, findMail, mailsOfDigest, putMail, settleDigest, settleMail, type Mail } from './store.ts';
import type { Facts } from './templates.ts';
import { keptUntil } from './when-to-send.ts';

export interface MailEdges {
  readonly db: Db;
  readonly keys: Keys;
  readonly publicUrl: string;
  /** Undefined: no mail is sent, and each says so. */
  readonly server: MailServer | undefined;
}

/**
 * Somebody is to be told: one mail a person, however often this runs. It goes out at once, or is kept back for those who
 * want it so.
 */
export const queueMails = async (job: JobCtx, event: HappenedEvent<typeof noticeWanted>): Promise<void> => {
  const { to, template, urgent, answerBy } = event.data;
  await job.act({ action: 'notice.queue' }, async (ctx) => {
    const preferenceOf = await preferencesOf(ctx.tx, to);
    const calendarOf = await calendarsOf(ctx.tx, ctx.now, to);
    for (const identityId of to) {
      const id = newId(ctx.now.getTime());
      const heldUntil = keptUntil(preferenceOf(identityId), calendarOf(identityId), ctx.now, {
        template,
        urgent,
        answerBy: answerBy === undefined ? undefined : new Date(answerBy),
      });
      const queued = await putMail(ctx.tx, { id, eventId: event.id, identityId, template, heldUntil });
      if (queued !== undefined && heldUntil === undefined)
        await enqueue(ctx.tx, SEND, { mailId: id }, { key: `mail:${id}`, maxAttempts: MOST_TRIES + 3 });
    }
  });
};

/**
 * Sends one mail, or settles why not. Runs until it is settled: a failure that may pass throws, so that the queue
 * tries again later. A mail may go out twice when a worker dies between sending and noting it; its Message-ID is the
 * same then.
 */
export const sendMail = async (edges: MailEdges, job: JobCtx, mailId: string): Promise<void> => {
  const mail = await findMail(job.db, mailId);
  if (mail === undefined || mail.state !== 'waiting') return;
  const delivery = await deliver(edges, job, mail);
  if (delivery.outcome === 'again' && mail.attempts + 1 < MOST_TRIES) {
    await job.act({ action: 'notice.settle' }, (ctx) => countAttempt(ctx.tx, mail.id, delivery.because));
    throw unavailable('notices.not_taken', delivery.because);
  }
  await job.act({ action: 'notice.settle' }, async (ctx, permit) => {
    const because = delivery.outcome === 'sent' ? null : delivery.because;
    if (!(await settleMail(ctx.tx, { id: mail.id, state: because === null ? 'sent' : 'not_sent', because }))) return;
    await settleDigest(ctx.tx, { id: mail.id, state: because === null ? 'sent' : 'not_sent', because });
    const data = { mailId: mail.id, causeId: mail.eventId, identityId: mail.identityId, template: mail.template };
    if (because === null) await ctx.record(permit, { event: noticeSent, subject: mail.identityId, data });
    else await ctx.record(permit, { event: noticeNotSent, subject: mail.identityId, data: { ...data, because } });
  });
};

const never = (because: string): Delivery => ({ outcome: 'never', because });

const deliver = async (edges: MailEdges, job: JobCtx, mail: Mail): Promise<Delivery> => {
  const { db, server } = edges;
  if (server === undefined) return never('no mail server is set');
  const to = await db.tx((tx) => getIdentity(tx, mail.identityId), { readOnly: true });
  if (to === undefined || to.state === 'leaver') return never('whoever it is for has left');
  if (to.email === null) return never('there is no mail address on record');
  const house = await houseTexts(db);
  const rendered =
    mail.template === DIGEST
      ? await digestOf(edges, mail, (template) => house.get(template)?.text ?? undefined)
      : await loadFacts(edges, mail).then((found) =>
          found === undefined
            ? 'what it was about has been erased'
            : renderMail(mail.template, found.facts, found.link, house.get(mail.template)?.text ?? undefined),
        );
  if (typeof rendered === 'string') return never(rendered);
  if (rendered === undefined) return never(`there is no text called ${mail.template}`);
  return await server.send({ id: mail.id, to: to.email, at: job.clock.now(), ...rendered });
};

/** What a mail is about and where it leads; undefined once that was erased. */
const loadFacts = async (
  { db, keys, publicUrl }: MailEdges,
  mail: Mail,
): Promise<{ readonly facts: Facts; readonly link: Link } | undefined> => {
  const event = await loadEvent(db, keys, new Map([[noticeWanted.type, noticeWanted]]), mail.eventId);
  const { facts, path, links } = event.data as { facts?: Facts; path?: string; links?: Record<string, string> };
  if (facts === undefined) return undefined;
  const linkId = links?.[mail.identityId];
  return {
    facts,
    link:
      linkId === undefined
        ? { publicUrl, path: path ?? '/' }
        : { publicUrl, path: '/decide', token: noticeLinkToken(keys, linkId, mail.identityId) },
  };
};

/** All that goes out with a mail, as one text; why not, where nothing is left of it. */
const digestOf = async (
  edges: MailEdges,
  digest: Mail,
  houseText: (template: string) => DigestLine['house'],
): Promise<Rendered | string> => {
  const lines: DigestLine[] = [];
  for (const mail of await mailsOfDigest(edges.db, digest.id)) {
    const found = await loadFacts(edges, mail);
    if (found !== undefined) lines.push({ template: mail.template, ...found, house: houseText(mail.template) });
  }
  return renderDigest(lines) ?? 'what it was about has been erased';
};
