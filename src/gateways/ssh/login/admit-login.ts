import type { AuthContext, Connection, PublicKeyAuthContext } from 'ssh2';
import type { Log } from '#kit/log/index.ts';
import type { GatewayPorts, LoginProof, ProvenIdentity } from '../../port.ts';
import { socketOf } from '../wire/ssh2-surface.ts';
import { readOfferedCertificate } from './verify-certificate.ts';
import { readOfferedKey } from './verify-login.ts';

export interface ProvenLogin extends ProvenIdentity {
  readonly fingerprint: string;
  /** The user name that was signed together with the key. */
  readonly typed: string;
}

/**
 * Answers login attempts until one key is proved or too many were refused. The identity comes from the key that signed,
 * and only from it: what was merely offered before is forgotten. `onTooMany` drops the connection.
 */
export function admitLogin(
  conn: Connection,
  address: string,
  ports: Pick<GatewayPorts, 'identify' | 'recognises'>,
  log: Log,
  tries: number,
  done: { readonly proven: (login: ProvenLogin) => void; readonly refused: () => void; readonly tooMany: () => void },
): void {
  let left = tries;
  let proven = false;

  const refuse = (context: AuthContext, counts: boolean): void => {
    if (counts) {
      left -= 1;
      done.refused();
      if (left <= 0) return done.tooMany();
    }
    context.reject(['publickey']);
  };

  /** What is found out of somebody who has left meanwhile, or was dropped, lets nobody in. */
  const gone = (): boolean => socketOf(conn).destroyed;

  const answer = async (context: AuthContext): Promise<void> => {
    if (gone()) return;
    if (proven) return refuse(context, true);
    if (context.method === 'none') return refuse(context, false);
    const offer = readOffer(context, address);
    if (offer === undefined || context.method !== 'publickey') return refuse(context, true);
    const { proof } = offer;
    if (context.signature === undefined) {
      const known = await ports.recognises(proof);
      if (gone()) return;
      if (known) context.accept(); // answers "go on and sign", nothing more
      else refuse(context, true);
      return;
    }
    if (!offer.signedBy(context)) return refuse(context, true);
    const identity = await ports.identify(proof);
    if (gone()) return;
    if (identity === undefined || proven) return refuse(context, true);
    proven = true;
    done.proven({ ...identity, fingerprint: proof.fingerprint, typed: context.username });
    context.accept();
  };

  conn.on('authentication', (context) => {
    answer(context).catch((error: unknown) => {
      log.error('ssh: a login attempt could not be judged', { error: String(error) });
      refuse(context, true);
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
