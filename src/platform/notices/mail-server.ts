import { createTransport } from 'nodemailer';

/** One mail as it goes out. */
export interface OutgoingMail {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly at: Date;
}

/** How a try ended. `again`: later may work; `never`: it will not, for that reason. */
export type Delivery = { readonly outcome: 'sent' } | { readonly outcome: 'again' | 'never'; readonly because: string };

/** Hands mails to a mail server. */
export interface MailServer {
  send(mail: OutgoingMail): Promise<Delivery>;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/** One address and nothing else: no list, no comment, no name that could smuggle a second one. */
const ADDRESS = /^[^\s@<>()[\]\\,;:"\p{Cc}]+@[^\s@<>()[\]\\,;:"\p{Cc}]+$/u;

/**
 * A subject as it is to be read. Text that looks like an encoded word (RFC 2047) would be decoded by whoever shows it, line
 * breaks included, so it is taken apart.
 */
const plainly = (subject: string): string => subject.replaceAll('=?', '= ?');

interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly permanent?: boolean;
}

/** What may be told of a failure: codes, never the server's words, which can quote what was sent. */
const told = (error: SmtpError): string =>
  `the mail server said ${error.responseCode ?? error.code ?? 'nothing that could be understood'}`;

/**
 * An SMTP server by its URL. Beyond loopback the connection must be encrypted (RFC 3207), unless the URL says
 * `?requireTLS=false`. Every wait has a limit.
 */
export const smtpServer = (settings: { readonly url: string; readonly from: string }): MailServer => {
  const url = new URL(settings.url);
  const requireTLS =
    url.protocol === 'smtp:' && !LOOPBACK.test(url.hostname) && url.searchParams.get('requireTLS') !== 'false';
  url.search = '';
  const domain = settings.from.split('@').at(-1) ?? 'localhost';
  const transport = createTransport({
    url: url.href,
    requireTLS,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    send: async (mail) => {
      if (!ADDRESS.test(mail.to)) return { outcome: 'never', because: 'the address on record is no mail address' };
      try {
        await transport.sendMail({
          from: { name: 'Reeve', address: settings.from },
          to: { name: '', address: mail.to },
          subject: plainly(mail.subject),
          text: mail.text,
          date: mail.at,
          // The same at every try, so that a mail delivered twice shows once.
          messageId: `<${mail.id}@${domain}>`,
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        });
        return { outcome: 'sent' };
      } catch (caught) {
        const error: SmtpError = caught instanceof Error ? caught : new Error('unknown');
        const permanent = error.permanent === true || (error.responseCode !== undefined && error.responseCode >= 500);
        return { outcome: permanent ? 'never' : 'again', because: told(error) };
      }
    },
  };
};
