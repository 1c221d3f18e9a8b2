import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/index.ts';

const mail = { mailId: pub(z.uuid()), causeId: pub(z.uuid()), identityId: pub(z.uuid()), template: pub(z.string()) };

/** A mail server took it. */
export const noticeSent = defineEvent('notice.sent', mail);
/** Somebody was not told, and why. */
export const noticeNotSent = defineEvent('notice.not_sent', { ...mail, because: pub(z.string()) });
export const noticeRetried = defineEvent('notice.retried', mail);
/** Mails that were kept back go out together; the digest is a mail of its own. */
export const noticesDigested = defineEvent('notice.digested', {
  mailId: pub(z.uuid()),
  identityId: pub(z.uuid()),
  mailIds: pub(z.array(z.uuid())),
});
const time = pub(z.string().nullable());
/** Somebody said when they want mails. */
export const noticePreferenceChanged = defineEvent('notice_preference.changed', {
  identityId: pub(z.uuid()),
  delivery: pub(z.enum(['at_once', 'hourly', 'daily'])),
  quietFrom: time,
  quietTo: time,
});
const version = { template: pub(z.string()), version: pub(z.int()) };
/** A house wrote a text of its own. */
export const noticeTemplateChanged = defineEvent('notice_template.changed', version);
export const noticeTemplateReset = defineEvent('notice_template.reset', version);
