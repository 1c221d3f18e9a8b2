import type { Keys } from '#kit/crypto/index.ts';
import type { Tx } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { loadEvent } from '#spine/audit/index.ts';
import { noticeWanted } from '#spine/events/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { noticeNotSent, noticesDigested } from './events.ts';
import { DIGEST } from './render-digest.ts';
import { heldOf, joinDigest, lockHeld, peopleWithHeld, putMail, settleMail, type Mail } from './store.ts';

/** Mails one digest has at most: what is more goes out as another. */
const MOST_LINES = 200;

/** Whether what somebody was to be told of, with a link to a page, still waits for them. */
export type StillWaits = (tx: Tx, asked: { readonly path: string; readonly identityId: string }) => Promise<boolean>;

/** What is asked of, by template. What is not among them is told as it is. */
type Waiting = Readonly<Record<string, StillWaits>>;

export const SEND = 'notices.send';

/** Tries before somebody is given up on: about a day and a half with the queue's growing pauses. */
export const MOST_TRIES = 12;

/**
 * Lets what was kept back go out, for everybody whose time has come: one digest a person. Which mails are of a digest and
 * that it is to be sent is committed together, so that dying in between neither loses one nor sends it twice. Safe to run
 * twice and on two workers.
 */
export const collectDigests = async (job: JobCtx, keys: Keys, waiting: Waiting): Promise<void> => {
  for (const identityId of await peopleWithHeld(job.db, job.clock.now())) {
    try {
      let more = true;
      while (more) more = await collectOne(job, keys, identityId, waiting);
    } catch (error) {
      // What is of one person holds up nobody else; it is looked at again in a minute.
      job.log.error('a digest was not made', { identityId, error });
    }
  }
};

/** Where mails that may be left out lead, by mail. Read beforehand: what is sealed is opened in a transaction of its own. */
const pathsOf = async (job: JobCtx, keys: Keys, mails: readonly Mail[]): Promise<ReadonlyMap<string, string>> => {
  const paths = new Map<string, string>();
  for (const mail of mails) {
    const event = await loadEvent(job.db, keys, new Map([[noticeWanted.type, noticeWanted]]), mail.eventId);
    const { path } = event.data as { path?: string };
    if (path !== undefined) paths.set(mail.id, path);
  }
  return paths;
};

const collectOne = async (job: JobCtx, keys: Keys, identityId: string, waiting: Waiting): Promise<boolean> => {
  const asked = (await heldOf(job.db, identityId, job.clock.now(), MOST_LINES)).filter((m) => m.template in waiting);
  const paths = await pathsOf(job, keys, asked);
  return await job.act({ action: 'notice.queue' }, async (ctx, permit) => {
    const held = await lockHeld(ctx.tx, identityId, MOST_LINES);
    const kept: Mail[] = [];
    for (const mail of held) {
      const path = paths.get(mail.id);
      const ask = waiting[mail.template];
      if (path === undefined || ask === undefined || (await ask(ctx.tx, { path, identityId }))) {
        kept.push(mail);
        continue;
      }
      const because = 'it was decided before it was to be sent';
      await settleMail(ctx.tx, { id: mail.id, state: 'not_sent', because });
      const data = { mailId: mail.id, causeId: mail.eventId, identityId, template: mail.template, because };
      await ctx.record(permit, { event: noticeNotSent, subject: identityId, data });
    }
    if (kept.length > 0) {
      const id = newId(ctx.now.getTime());
      const mailIds = kept.map((mail) => mail.id);
      const eventId = await ctx.record(permit, {
        event: noticesDigested,
        subject: identityId,
        data: { mailId: id, identityId, mailIds },
      });
      await putMail(ctx.tx, { id, eventId, identityId, template: DIGEST });
      await joinDigest(ctx.tx, id, mailIds);
      await enqueue(ctx.tx, SEND, { mailId: id }, { key: `mail:${id}`, maxAttempts: MOST_TRIES + 3 });
    }
    return held.length === MOST_LINES;
  });
};
