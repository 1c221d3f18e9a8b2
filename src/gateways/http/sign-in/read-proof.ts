import { valuesOf, type RawHeaders } from '../rules/check-framing.ts';
import { PASSWORD_HEADER, PASSWORD_PREFIX, SESSION_COOKIE } from './names.ts';

/** What a request shows of who sends it. */
export type Proof =
  | { readonly kind: 'cookie'; readonly token: string }
  | { readonly kind: 'password'; readonly password: string; readonly account?: string }
  | { readonly kind: 'none' }
  /** Two of one kind: whichever is read, somebody else may have meant the other. */
  | { readonly kind: 'doubtful' };

/** Reads it. A password goes before a cookie; an `Authorization` that holds none of ours is the application's. */
export function readProof(raw: RawHeaders): Proof {
  const own = valuesOf(raw, PASSWORD_HEADER);
  const authorization = valuesOf(raw, 'authorization');
  const cookies = valuesOf(raw, 'cookie').flatMap((line) => cookiesCalled(line, SESSION_COOKIE));
  if (own.length > 1 || authorization.length > 1 || cookies.length > 1) return { kind: 'doubtful' };
  const [password] = own;
  if (password !== undefined) return { kind: 'password', password };
  const shown = readAuthorization(authorization[0]);
  if (shown !== undefined) return shown;
  const [token] = cookies;
  return token === undefined ? { kind: 'none' } : { kind: 'cookie', token };
}

/** A gateway password in `Authorization`, as a bearer token or by HTTP Basic; undefined where there is none. */
function readAuthorization(value: string | undefined): Extract<Proof, { kind: 'password' }> | undefined {
  const [, scheme = '', rest = ''] = /^(\S+) +(\S+)$/.exec(value ?? '') ?? [];
  if (/^bearer$/i.test(scheme) && rest.startsWith(PASSWORD_PREFIX)) return { kind: 'password', password: rest };
  if (!/^basic$/i.test(scheme)) return undefined;
  const text = Buffer.from(rest, 'base64').toString('utf8');
  const at = text.indexOf(':');
  const [account, password] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
  if (!password.startsWith(PASSWORD_PREFIX)) return undefined;
  // with `account@system` the system is the site's; a client may send it as in other gateways
  const named = account.split('@', 1)[0] ?? '';
  return { kind: 'password', password, ...(named === '' ? {} : { account: named }) };
}

/** Whether a gateway password is anywhere in an `Authorization`, also in one so malformed that it proves nothing: no target is shown it. */
export const holdsPassword = (value: string): boolean =>
  value
    .split(/[^\w:+/=.~-]+/)
    .some(
      (word) =>
        word.toLowerCase().startsWith(PASSWORD_PREFIX) ||
        Buffer.from(word, 'base64').toString('latin1').toLowerCase().includes(`:${PASSWORD_PREFIX}`),
    );

const cookiesCalled = (line: string, name: string): string[] =>
  line
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
