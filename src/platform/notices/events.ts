import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/index.ts';

const mail = { mailId: pub(z.uuid()), causeId: pub(z.uuid()), identityId: pub(z.uuid()), template: pub(z.string()) };

/** A mail server took it. */
export const noticeSent = defineEvent('notice.sent', mail);
/** Somebody was not told, and why. */
export const noticeNotSent = defineEvent('notice.not_sent', { ...mail, because: pub(z.string()) });
export const noticeRetried = defineEvent('notice.retried', mail);
