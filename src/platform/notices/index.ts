import { z } from 'zod';
import type { Keys } from '#kit/crypto/index.ts';
import type { Db } from '#kit/db/index.ts';
import { noticeWanted } from '#spine/events/index.ts';
import { defineJob, defineReaction, type Module } from '#spine/operations/index.ts';
import { collectDigests, SEND, type StillWaits } from './collect-digests.ts';
import {
  noticeNotSent,
  noticePreferenceChanged,
  noticeRetried,
  noticesDigested,
  noticeSent,
  noticeTemplateChanged,
  noticeTemplateReset,
} from './events.ts';
import { smtpServer, type MailServer } from './mail-server.ts';
import { operations } from './operations.ts';
import { preferenceOperations } from './preference-operations.ts';
import { queueMails, sendMail } from './send-mail.ts';
import { templateOperations } from './template-operations.ts';

const policies = `
@id("notices.those_who_run_or_audit_list")
permit (principal is Reeve::Identity, action == Reeve::Action::"notice.list", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("notices.administrators_retry")
permit (principal is Reeve::Identity, action == Reeve::Action::"notice.retry", resource)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("notices.everybody_says_when_they_want_mails")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"notice_preference.read", Reeve::Action::"notice_preference.change"],
  resource
)
when { principal.state == "active" };

@id("notices.administrators_write_the_texts")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"notice_template.read", Reeve::Action::"notice_template.change"],
  resource
)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("notices.reeve_tells")
permit (
  principal == Reeve::Component::"notices",
  action in [Reeve::Action::"notice.queue", Reeve::Action::"notice.settle"],
  resource
);
`;

/** Tells people by mail what they ought to know, with a link to where they act. */
export const noticesModule = (edges: {
  readonly db: Db;
  readonly keys: Keys;
  readonly publicUrl: string;
  /** `smtp:` or `smtps:`; absent: no mail is sent, and each says so. */
  readonly smtpUrl?: string | undefined;
  readonly mailFrom?: string | undefined;
  /** By template: whether what somebody was to be told of still waits for them. What does not is left out of a digest. */
  readonly stillWaits?: Readonly<Record<string, StillWaits>>;
}): Module => {
  const { db, keys, publicUrl, smtpUrl, mailFrom = 'reeve@localhost', stillWaits = {} } = edges;
  let known: MailServer | undefined;
  const server = (): MailServer | undefined =>
    smtpUrl === undefined ? undefined : (known ??= smtpServer({ url: smtpUrl, from: mailFrom }));
  return {
    name: 'notices',
    operations: [...operations, ...preferenceOperations, ...templateOperations(publicUrl)],
    jobs: [
      defineJob({
        name: SEND,
        input: z.object({ mailId: z.uuid() }),
        run: (job, { mailId }) => sendMail({ db, keys, publicUrl, server: server() }, job, mailId),
      }),
      defineJob({
        name: 'notices.collect_digests',
        input: z.object({}).loose(),
        every: '* * * * *',
        run: (job) => collectDigests(job, keys, stillWaits),
      }),
    ],
    reactions: [defineReaction({ on: noticeWanted, name: 'notices.queue', run: queueMails })],
    events: [
      noticeWanted,
      noticeSent,
      noticeNotSent,
      noticeRetried,
      noticesDigested,
      noticePreferenceChanged,
      noticeTemplateChanged,
      noticeTemplateReset,
    ],
    policies,
  };
};
