/** Tries passwords as the description says: the proof behind every one that is set. */
import { randomBytes } from 'node:crypto';
import { TargetError, type Credential } from '../../port.ts';
import type { RequestTemplate } from '../description/parts.ts';
import { asking } from '../request.ts';
import type { Server } from '../server.ts';
import { basic, NotTaken, takesPasswords } from '../sign-in.ts';

/** Whether a password opens an account. Throws where the answer says neither yes nor no. */
export async function opens(server: Server, name: string, password: string): Promise<boolean> {
  const { try_password: how } = server.description;
  if (how === undefined)
    throw new TargetError('unsupported', 'the description says of no way to try a password (`try_password`)');
  server.hide(password);
  const signed = how.basic === true ? basic(name, password) : {};
  const answer = await server.askAs(signed, asking(how, { name, password }));
  if (server.isAmong(how.refuses, answer)) return false;
  if (server.isAmong(how.opens, answer)) return true;
  server.mustBeGood(answer, 'try a password');
  throw new TargetError(
    'failed',
    `${server.at} says neither that a password opens nor that it does not (${answer.status})`,
  );
}

/** Whether the service takes the credential Reeve works with, or one that is to be in its place. */
export async function isTaken(server: Server, by?: RequestTemplate): Promise<boolean> {
  const { auth, accounts } = server.description;
  try {
    const answer = await server.ask(asking(by ?? auth.proof ?? accounts.list, {}));
    if (answer.status === 401 || answer.status === 403) return false;
    server.mustBeGood(answer, 'prove the credential');
    return true;
  } catch (error) {
    if (error instanceof NotTaken) return false;
    throw error;
  }
}

/** As the port has it: an account's own password is tried, and the credential Reeve works with is proved. */
export async function verify(server: Server, own: Credential, credential: Credential): Promise<boolean> {
  const { auth, try_password: how } = server.description;
  const passwords = takesPasswords(auth);
  if (credential.kind === 'token' && !passwords)
    return isTaken(server, credential.username === own.username ? undefined : server.description.api_keys?.try);
  if (credential.kind !== 'password')
    throw new TargetError('unsupported', 'the description says of no way to try this kind of credential');
  if (passwords && credential.username === own.username) return isTaken(server);
  if (how === undefined)
    throw new TargetError('unsupported', 'the description says of no way to try a password (`try_password`)');
  if (!(await opens(server, credential.username, credential.password))) return false;
  // A way in that opens to anything proves nothing.
  if (await opens(server, credential.username, randomBytes(24).toString('base64url')))
    throw new TargetError(
      'failed',
      `${server.at} takes any password for ${credential.username}: \`try_password\` proves nothing`,
    );
  return true;
}
