import { AppError } from '#kit/errors/index.ts';
import { call, type Connection } from './call.ts';
import { typedUnseen } from './typed-unseen.ts';

/** What a call that was answered `step_up.required` wants proved. */
interface Wanted {
  readonly action: string;
  readonly resource_id: string;
}

/**
 * Runs a call, and where it needs a fresh proof asks for a one-time code and runs it once more. The code is typed, or
 * comes on standard input: never an argument or a variable, which other users of the machine could read.
 */
export async function withFreshProof<T>(to: Connection, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const wanted = error instanceof AppError ? (error.extra['step_up'] as Wanted | undefined) : undefined;
    if (wanted === undefined) throw error;
    const { challengeId } = (await call(to, 'POST', '/v1/signin/step-up/options', {
      action: wanted.action,
      resourceId: wanted.resource_id,
      byCode: true,
    })) as { challengeId: string };
    const code = await typedUnseen(
      'This needs a fresh proof that it is you. Code from your authenticator: ',
      new AppError({
        code: 'step_up.no_code',
        status: 401,
        detail: 'no code was given',
        fix: 'run this at a terminal, or give the code on standard input',
      }),
    );
    await call(to, 'POST', '/v1/signin/step-up', { challengeId, code });
    return await run();
  }
}
