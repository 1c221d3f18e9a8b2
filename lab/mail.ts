/** A mail server that keeps what it is sent in memory and delivers nothing. Loopback only, no login, no TLS. */
import { setTimeout as pause } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import { freePort } from './loopback.ts';

export interface LabMessage {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  /** Headers by lower-case name, unfolded. */
  readonly headers: ReadonlyMap<string, string>;
  /** The whole message as received. */
  readonly raw: string;
  /** Body with quoted-printable or base64 undone for a single-part message, else the raw body. */
  readonly text: string;
  readonly receivedAt: Date;
}

export interface LabMail {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  readonly messages: readonly LabMessage[];
  /** The first message that matches, waiting up to `ms` (5 s) for it; rejects listing the subjects that did come. */
  waitFor(matches: (message: LabMessage) => boolean, ms?: number): Promise<LabMessage>;
  clear(): void;
  stop(): Promise<void>;
}

/** Starts the sink on a free loopback port, or on `port`. */
export async function startMail(
  options: { readonly port?: number; readonly log?: (line: string) => void } = {},
): Promise<LabMail> {
  const host = '127.0.0.1';
  const port = options.port ?? (await freePort(host));
  const messages: LabMessage[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: 5 * 1024 * 1024,
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('error', done);
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        messages.push(
          readMessage(
            Buffer.concat(parts).toString('utf8'),
            mailFrom === false ? '' : mailFrom.address,
            rcptTo.map((each) => each.address),
          ),
        );
        done();
      });
    },
  });
  server.on('error', () => undefined); // a client that goes away mid-message is no failure of the sink
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, host, resolve);
  });
  options.log?.(`mail: SMTP sink on ${host} port ${port}`);
  return {
    host,
    port,
    url: `smtp://${host}:${port}`,
    messages,
    waitFor: async (matches, ms = 5000) => {
      const end = performance.now() + ms;
      for (;;) {
        const found = messages.find(matches);
        if (found !== undefined) return found;
        if (performance.now() > end) {
          throw new Error(
            `no such mail within ${ms} ms; ${messages.length} came: ${messages.map((each) => `${each.to.join(',')} "${each.subject}"`).join('; ')}`,
          );
        }
        await pause(10);
      }
    },
    clear: () => void messages.splice(0),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function readMessage(raw: string, from: string, to: readonly string[]): LabMessage {
  const split = raw.search(/\r?\n\r?\n/);
  const head = split === -1 ? raw : raw.slice(0, split);
  const body = split === -1 ? '' : raw.slice(split).replace(/^\r?\n\r?\n/, '');
  const headers = new Map<string, string>();
  for (const line of head.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return {
    from,
    to,
    subject: decodeWords(headers.get('subject') ?? ''),
    headers,
    raw,
    text: decodeBody(body, headers.get('content-transfer-encoding')?.toLowerCase()),
    receivedAt: new Date(),
  };
}

const decodeQuoted = (text: string): string =>
  Buffer.from(
    text
      .replaceAll(/=\r?\n/g, '')
      .replaceAll(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');

/** RFC 2047 words, UTF-8 only: what nodemailer writes. */
const decodeWords = (text: string): string =>
  text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, value: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(value, 'base64').toString('utf8')
        : decodeQuoted(value.replaceAll('_', ' ')),
    );

function decodeBody(body: string, encoding: string | undefined): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  return encoding === 'quoted-printable' ? decodeQuoted(body) : body;
}
