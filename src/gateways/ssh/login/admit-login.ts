import type { AuthContext, AuthenticationType, Connection, KeyboardAuthContext, PublicKeyAuthContext } from 'ssh2';
import type { Log } from '#kit/log/index.ts';
import type { AskedLogin, GatewayPorts, LoginProof, ProvenIdentity } from '../../port.ts';
import { socketOf } from '../wire/ssh2-surface.ts';
import { askPerson } from './ask-person.ts';
import { parseLoginName } from './parse-login-name.ts';
import { readOfferedCertificate } from './verify-certificate.ts';
import { readOfferedKey } from './verify-login.ts';

export interface ProvenLogin extends ProvenIdentity {
  /** Of the key that signed; absent where none did. */
  readonly fingerprint?: string;
  /** The user name that was signed together with the key. */
  readonly typed: string;
}

/** The other end of a login. */
interface LoginPeer {
  readonly address: string;
  readonly version: string;
}

/** What becomes of a login. */
interface LoginEnds {
  readonly proven: (login: ProvenLogin) => void;
  readonly refused: () => void;
  readonly tooMany: () => void;
  /** Somebody is asked now, which takes them so long. */
  readonly waits: (seconds: number) => void;
  /** The person, or the time, decided against it: the connection ends with that sentence. */
  readonly turnedAway: (sentence: string) => void;
}

/**
 * Answers login attempts until one is proved or too many were refused. The identity comes from the key that signed, and
 * only from it: what was merely offered before is forgotten. A key that is not enough by itself is half of it (partial
 * success, RFC 4252 §5.1): the rest is its person's to prove, over keyboard-interactive. `tooMany` drops the connection.
 */
export function admitLogin(
  conn: Connection,
  peer: LoginPeer,
  ports: Pick<GatewayPorts, 'identify' | 'recognises' | 'logins'>,
  log: Log,
  tries: number,
  done: LoginEnds,
): void {
  let left = tries;
  let proven = false;
  let half: ProvenLogin | undefined;
  let asked: AskedLogin | undefined;
  let asking = false;
  let keyless: Promise<boolean> | undefined;
  const mayBeKeyless = (): Promise<boolean> =>
    (keyless ??= ports.logins === undefined ? Promise.resolve(false) : ports.logins.mayBeKeyless());
  /** What may be tried next. */
  const ways = async (): Promise<AuthenticationType[]> => {
    if (half !== undefined) return ['keyboard-interactive'];
    return (await mayBeKeyless()) ? ['publickey', 'keyboard-interactive'] : ['publickey'];
  };

  const refuse = async (context: AuthContext, counts: boolean): Promise<void> => {
    if (counts) {
      left -= 1;
      done.refused();
      if (left <= 0) return done.tooMany();
    }
    const next = await ways();
    if (!gone()) context.reject(next);
  };

  /** What is found out of somebody who has left meanwhile, or was dropped, lets nobody in. */
  const gone = (): boolean => socketOf(conn).destroyed;

  const answer = async (context: AuthContext): Promise<void> => {
    if (gone()) return;
    if (proven) return await refuse(context, true);
    if (context.method === 'none') return await refuse(context, false);
    if (context.method === 'keyboard-interactive') return await ask(context);
    if (half !== undefined) return await refuse(context, true); // its second half is missing, and no other key's
    const offer = readOffer(context, peer.address);
    if (offer === undefined || context.method !== 'publickey') return await refuse(context, true);
    const { proof } = offer;
    if (context.signature === undefined) {
      const known = await ports.recognises(proof);
      if (gone()) return;
      if (known) context.accept(); // answers "go on and sign", nothing more
      else await refuse(context, true);
      return;
    }
    if (!offer.signedBy(context)) return await refuse(context, true);
    const identity = await ports.identify(proof);
    if (gone()) return;
    if (identity === undefined || proven) return await refuse(context, true);
    const login = { ...identity, fingerprint: proof.fingerprint, typed: context.username };
    if (identity.stepUp === true) {
      if (ports.logins === undefined) return await refuse(context, true);
      half = login;
      return context.reject(['keyboard-interactive'], true);
    }
    letIn(context, login);
  };

  const letIn = (context: AuthContext, login: ProvenLogin): void => {
    proven = true;
    done.proven(login);
    context.accept();
  };

  const ask = async (context: KeyboardAuthContext): Promise<void> => {
    const { logins } = ports;
    const name = parseLoginName(context.username);
    if (logins === undefined || asking || context.service !== 'ssh-connection') return await refuse(context, true);
    if (half === undefined && !(await mayBeKeyless())) return await refuse(context, true);
    // nobody is asked about what leads nowhere
    if (!name.ok) return done.turnedAway(`${name.problem}. Log in as account@system`);
    asking = true;
    const byKey = half;
    const begun = await logins.ask({
      ...(byKey?.keyId === undefined ? {} : { key: { keyId: byKey.keyId, identityId: byKey.identityId } }),
      ...name.name,
      address: peer.address,
      version: peer.version,
    });
    if ('refused' in begun) return done.turnedAway(begun.refused);
    asked = begun;
    if (gone()) return begun.left('the client left');
    done.waits(begun.seconds);
    const verdict = await askPerson(context, begun, { ...name.name, byKey: byKey !== undefined });
    asked = undefined;
    if (gone()) return;
    if (verdict.kind === 'out') {
      begun.left(verdict.sentence);
      done.refused();
      return done.turnedAway(verdict.sentence);
    }
    const { fingerprint } = byKey ?? {};
    letIn(context, {
      ...verdict.identity,
      ...(fingerprint === undefined ? {} : { fingerprint }),
      typed: context.username,
    });
  };

  conn.on('close', () => asked?.left('the client left'));
  conn.on('authentication', (context) => {
    answer(context).catch((error: unknown) => {
      log.error('ssh: a login attempt could not be judged', { error: String(error) });
      asked?.left('it could not be judged');
      if (asking) return done.turnedAway('this login could not be judged just now; try again in a moment');
      refuse(context, true).catch(() => socketOf(conn).destroy());
    });
  });
}

/** A key or a certificate, never both: a certificate does not stand for its bare key. */
function readOffer(
  context: AuthContext,
  address: string,
): { readonly proof: LoginProof; signedBy(context: PublicKeyAuthContext): boolean } | undefined {
  const certificate = readOfferedCertificate(context, address, new Date());
  if (certificate !== undefined) return certificate;
  const key = readOfferedKey(context);
  if (key === undefined) return undefined;
  const proof = { kind: 'ssh_public_key', fingerprint: key.fingerprint, address } as const;
  return { proof, signedBy: (signed) => key.signedBy(signed) };
}
