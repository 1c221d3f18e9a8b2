import type { Keys } from '#kit/crypto/index.ts';
import type { Db } from '#kit/db/index.ts';
import { unavailable } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { loadEvent } from '#spine/audit/index.ts';
import { noticeLinkToken, noticeWanted } from '#spine/events/index.ts';
import { getIdentity } from '#spine/graph/index.ts';
import type { HappenedEvent, JobCtx } from '#spine/operations/index.ts';
import { noticeNotSent, noticeSent } from './events.ts';
import type { Delivery, MailServer } from './mail-server.ts';
import { countAttempt, findMail, insertMail, settleMail, type Mail } from './store.ts';
import { renderMail, type Facts } from './templates.ts';

export const SEND = 'notices.send';

/** Tries before somebody is given up on: about a day and a half with the queue's growing pauses. */
const MOST_TRIES = 12;

export interface MailEdges {
  readonly db: Db;
  readonly keys: Keys;
  readonly publicUrl: string;
  /** Undefined: no mail is sent, and each says so. */
  readonly server: MailServer | undefined;
}

/** Somebody is to be told: one mail a person, however often this runs. */
export const queueMails = async (job: JobCtx, event: HappenedEvent<typeof noticeWanted>): Promise<void> => {
  await job.act({ action: 'notice.queue' }, async (ctx) => {
    for (const identityId of event.data.to) {
      const id = newId(ctx.now.getTime());
      const queued = await insertMail(ctx.tx, { id, eventId: event.id, identityId, template: event.data.template });
      if (queued !== undefined)
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
    const data = { mailId: mail.id, causeId: mail.eventId, identityId: mail.identityId, template: mail.template };
    if (because === null) await ctx.record(permit, { event: noticeSent, subject: mail.identityId, data });
    else await ctx.record(permit, { event: noticeNotSent, subject: mail.identityId, data: { ...data, because } });
  });
};

const never = (because: string): Delivery => ({ outcome: 'never', because });

const deliver = async (edges: MailEdges, job: JobCtx, mail: Mail): Promise<Delivery> => {
  const { db, keys, server, publicUrl } = edges;
  if (server === undefined) return never('no mail server is set');
  const to = await db.tx((tx) => getIdentity(tx, mail.identityId), { readOnly: true });
  if (to === undefined || to.state === 'leaver') return never('whoever it is for has left');
  if (to.email === null) return never('there is no mail address on record');
  const event = await loadEvent(db, keys, new Map([[noticeWanted.type, noticeWanted]]), mail.eventId);
  const { facts, path, links } = event.data as { facts?: Facts; path?: string; links?: Record<string, string> };
  if (facts === undefined) return never('what it was about has been erased');
  const linkId = links?.[mail.identityId];
  const link =
    linkId === undefined
      ? { path: path ?? '/' }
      : { path: '/decide', token: noticeLinkToken(keys, linkId, mail.identityId) };
  const rendered = renderMail(mail.template, facts, { publicUrl, ...link });
  if (rendered === undefined) return never(`there is no text called ${mail.template}`);
  return await server.send({ id: mail.id, to: to.email, at: job.clock.now(), ...rendered });
};
