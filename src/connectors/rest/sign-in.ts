/** How a credential travels: as basic authentication, as a token in a header, or as a token that a log-in gives. */
import { TargetError, type Credential } from '../port.ts';
import type { Description } from './description/schema.ts';
import { asking, type Answer, type Ask } from './request.ts';
import { valueAt } from './values/pointer.ts';

/** A log-in that was refused, where others would be told that everything is. */
export class NotTaken extends TargetError {}

/** Headers that prove who asks. */
export type Signed = Readonly<Record<string, string>>;

export function basic(username: string, password: string): Signed {
  if (username.includes(':')) throw new TargetError('refused', 'a username of basic authentication has no colon');
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

/** Whether credentials of this description are username and password; else they are tokens. */
export const takesPasswords = (auth: Description['auth']): boolean =>
  auth.basic !== undefined || auth.login !== undefined;

/** Signs in. Throws TargetError `unsupported` for a credential of another kind, `refused` where a log-in is refused. */
export async function signingIn(
  auth: Description['auth'],
  credential: Credential,
  send: (login: Ask) => Promise<Answer>,
  at: string,
): Promise<Signed> {
  if (takesPasswords(auth) ? credential.kind !== 'password' : credential.kind !== 'token') {
    const wanted = takesPasswords(auth) ? 'username and password' : 'a token';
    throw new TargetError('unsupported', `the description of ${at} wants ${wanted}; this credential is something else`);
  }
  if (credential.kind === 'token') {
    const { name, prefix } = auth.header ?? { name: 'authorization', prefix: 'Bearer ' };
    return inHeader(name, prefix, credential.token);
  }
  if (credential.kind !== 'password') throw new TargetError('unsupported', 'this kind of credential is of no use here');
  if (auth.login === undefined) return basic(credential.username, credential.password);
  const { username, password } = credential;
  const answer = await send(asking(auth.login, { username, password }));
  if (answer.status === 400 || answer.status === 401 || answer.status === 403)
    throw new NotTaken('refused', `${at} does not take the credential (${answer.status})`);
  if (answer.status >= 500) throw new TargetError('failed', `${at} answers ${answer.status} to the log-in`);
  const token = answer.status < 300 ? valueAt(answer.json, auth.login.token) : undefined;
  if (typeof token !== 'string' || token === '')
    throw new TargetError(
      'failed',
      `${at} gives no token at \`${auth.login.token}\` for the log-in (${answer.status})`,
    );
  return inHeader(auth.login.name, auth.login.prefix, token);
}

function inHeader(name: string, prefix: string, token: string): Signed {
  if (!/^[\x21-\x7E]+$/u.test(token))
    throw new TargetError('refused', 'the token has characters in it that no header can carry');
  return { [name.toLowerCase()]: `${prefix}${token}` };
}
