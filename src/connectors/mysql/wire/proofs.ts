import { ed25519Signature, nativeProof } from '#kit/mysql-proofs/index.ts';
import { TargetError } from '../../port.ts';

/** The answer to the server's scramble, by the name it asks with; undefined for a way Reeve does not go. */
export function proveLogin(asked: string, scramble: Buffer, password: string): Buffer | undefined {
  const prove =
    asked === 'mysql_native_password' ? nativeProof : asked === 'client_ed25519' ? ed25519Signature : undefined;
  try {
    return prove?.(scramble, Buffer.from(password));
  } catch (error) {
    throw new TargetError('failed', (error as Error).message);
  }
}

/** Anything but printable ASCII could be spelled two ways by two programs, so it is refused. */
export function usable(password: string): string {
  if (/^[\x20-\x7e]{1,500}$/u.test(password)) return password;
  throw new TargetError(
    'refused',
    'the password is empty, longer than 500 characters or holds something else than printable ASCII',
  );
}
