import ssh2 from 'ssh2';
import { toOpenSshKey } from '../openssh-key.ts';
import { plain } from '../tell.ts';
import { offerToTarget } from '../wire/algorithms.ts';
import { presentCertificate } from '../wire/present-certificate.ts';
import { signAtOnce } from '../wire/sign-at-once.ts';
import { hearGoodbye } from '../wire/ssh2-surface.ts';
import { openFiles, type RemoteFiles } from './remote-files.ts';
import { openShell, type Shell, type TerminalSize } from './remote-shell.ts';

/** Where a gateway is and who comes: a key made for this one connection, and its certificate. */
export interface ClientLogin {
  readonly host: string;
  readonly port: number;
  /** The one host key it may show, as a line of a `.pub` file. */
  readonly hostKey: string;
  /** `account@system`. */
  readonly loginName: string;
  /** Overwritten once the gateway has taken or refused it. */
  readonly privateKey: Buffer;
  readonly certificate: string;
}

/** A connection to a gateway, as somebody's client. */
export interface GatewayClient {
  /** A terminal on the target. */
  readonly shell: (size: TerminalSize) => Promise<Shell>;
  /** The target's files. Rejects with the gateway's own words where it refuses. */
  readonly files: () => Promise<RemoteFiles>;
  /** Resolves once, when the connection is over, with what the gateway said last. */
  readonly over: Promise<string | undefined>;
  readonly close: () => void;
}

/** The gateway could not be reached or did not let this client in. */
export class NotLetIn extends Error {
  override readonly name = 'NotLetIn';
}

/** How this client is named on the record of sessions. */
const NAME = 'Reeve_browser';
const LOGIN_MS = 15_000;
/** How long a refusal takes to be said after its channel closed. */
const WORDS_MS = 2_500;

/**
 * Comes to an SSH gateway of Reeve as a client of it, so that all it enforces holds for what is done through here. Throws
 * NotLetIn where it is not reached, shows another host key, or does not take the certificate.
 */
export async function comeAsClient(login: ClientLogin): Promise<GatewayClient> {
  const client = new ssh2.Client();
  const [type = '', blob = ''] = login.hostKey.split(' ');
  const pinned = Buffer.from(blob, 'base64');
  let words: string | undefined;
  const over = new Promise<string | undefined>((resolve) => client.once('close', () => resolve(words)));
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string): void => reject(new NotLetIn(why));
      const late = setTimeout(() => fail('the gateway did not answer in time'), LOGIN_MS);
      client.once('ready', resolve);
      client.on('error', (error) => fail(`the gateway could not be reached (${error.message})`));
      client.once('close', () => fail('the gateway closed the connection before the login'));
      client.once('ready', () => clearTimeout(late));
      client.once('close', () => clearTimeout(late));
      client.connect({
        host: login.host,
        port: login.port,
        username: login.loginName,
        privateKey: toOpenSshKey(login.privateKey),
        ident: NAME,
        algorithms: offerToTarget(type === 'ssh-ed25519' ? [type] : []),
        readyTimeout: 0,
        keepaliveInterval: 30_000,
        keepaliveCountMax: 4,
        hostVerifier: (shown: Buffer) => shown.equals(pinned),
      });
      presentCertificate(client, login.certificate);
      signAtOnce(client);
      hearGoodbye(client, (sentence) => (words = plain(sentence)));
    });
  } catch (error) {
    client.end();
    throw error;
  } finally {
    login.privateKey.fill(0);
  }
  const close = (): void => void client.end();
  const said = (): Promise<string | undefined> =>
    Promise.race([over, new Promise<undefined>((none) => setTimeout(none, WORDS_MS, undefined).unref())]);
  return {
    over,
    close,
    shell: (size) => openShell(client, size, said),
    files: () => withWords(openFiles(client), said),
  };
}

/** A channel that is refused only says that it was; why is said as the gateway takes leave. */
async function withWords<T>(opening: Promise<T>, said: () => Promise<string | undefined>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    throw new NotLetIn((await said()) ?? `the gateway refused (${(error as Error).message})`);
  }
}
