import { randomBytes } from 'node:crypto';
import type { LabHost } from '../hosts.ts';
import { makeSshKey } from '../ssh-keys.ts';
import { enrol, type Person } from '../reeve/person.ts';
import { sshUser, type SshUser } from '../reeve/ssh-user.ts';

/** Somebody of the story: signed in, with the password they chose. */
export interface Actor extends Person {
  readonly username: string;
  readonly password: string;
  /** The otpauth secret of their one-time code, base32: what their phone holds. */
  readonly totpSecret: string;
}

const newPassword = (): string => randomBytes(18).toString('base64url');

/** Enrols somebody through a one-time link, with a random password and a one-time code. */
export async function enrolActor(url: string, token: string, username: string, displayName?: string): Promise<Actor> {
  const password = newPassword();
  const enrolled = await enrol(url, token, password, displayName === undefined ? undefined : { username, displayName });
  return { ...enrolled, username, password };
}

/** An administrator makes a link for somebody, who follows it. */
export async function invite(url: string, administrator: Person, identityId: string, username: string): Promise<Actor> {
  const link = await administrator.post<{ url: string }>(`/v1/identities/${identityId}/enrolment`);
  return await enrolActor(url, /token=(\S+)$/.exec(link.url)?.[1] ?? '', username);
}

/** Somebody makes an SSH key on their laptop and has it certified for the gateway, as `reeve login` does. */
export async function certifyKey(
  actor: Actor,
  gateway: { readonly port: number },
): Promise<SshUser & { readonly privateKey: string }> {
  const key = makeSshKey(`${actor.username}@laptop`);
  const { certificate } = await actor.post<{ certificate: string }>('/v1/ssh-gateway/certificates', {
    publicKey: key.publicKey,
  });
  return { ...sshUser(gateway, key.privateKey, [], certificate), privateKey: key.privateKey };
}

/** Waits until a question has the answer hoped for; throws with what it was last when the time is over. */
export async function until<T>(
  ask: () => Promise<T>,
  hoped: (answer: T) => boolean,
  what: string,
  limitMs = 30_000,
): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (hoped(answer)) return answer;
    if (performance.now() > end)
      throw new Error(
        `${what} did not come true within ${limitMs / 1000} s; last: ${JSON.stringify(answer).slice(0, 600)}`,
      );
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** What the target itself says, by the back door of the lab: never through Reeve. */
export const onTarget = async (host: LabHost, command: string): Promise<string> => (await host.exec(command)).stdout;
