/** Steps the cases share. Plain assertions, so that the suite can also be run outside a test runner. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { TargetError, type Change, type Connector, type Target } from '../port.ts';
import type { Bench, Lacks } from './rig.ts';

export const makePassword = (): string => `Pw-${randomBytes(18).toString('base64url')}`;

/** Whether accounts of this kind are given passwords at all: only what can be tried is set. */
export const setsPasswords = (lacks: Lacks): boolean =>
  lacks.logins === undefined && lacks.account_logins === undefined;

/**
 * Previews and applies `change`, then both again: what was needed is done, once. Where others carry changes out, it is
 * ordered and awaited, read as it was until they did, and there afterwards.
 */
export async function applied(bench: Bench, change: Change): Promise<void> {
  const { connector, target, rig } = bench;
  const preview = await connector.preview(target, change);
  assert.equal(preview.needed, true, `${preview.summary}: should be needed`);
  assert.doesNotMatch(preview.summary, /[\n\r]/u);
  if (rig.carryOut === undefined)
    assert.deepEqual(await connector.apply(target, change), { changed: true }, preview.summary);
  else {
    const before = await connector.readAccount(target, change.account);
    await refused(connector.apply(target, change), ['awaited'], preview.summary);
    assert.deepEqual(await connector.readAccount(target, change.account), before, 'what is ordered is not done');
    assert.equal((await connector.preview(target, change)).needed, true);
    await rig.carryOut();
  }
  const again = await connector.preview(target, change);
  assert.equal(again.needed, false, `${again.summary}: should be done`);
  assert.deepEqual(await connector.apply(target, change), { changed: false }, again.summary);
}

/** Applies a change, by way of others where they carry it out. Resolves to what it was refused with. */
export async function carriedOut({ connector, target, rig }: Bench, change: Change): Promise<TargetError | undefined> {
  const error = await refusal(connector.apply(target, change));
  if (error?.code !== 'awaited' || rig.carryOut === undefined) return error;
  await rig.carryOut();
  return undefined;
}

/** For steps that go on only where the change was not refused. */
export async function mustBeCarriedOut(bench: Bench, change: Change): Promise<void> {
  const error = await carriedOut(bench, change);
  assert.equal(error, undefined, error?.message);
}

export const opensWith = ({ connector, target }: Bench, username: string, password: string): Promise<boolean> =>
  connector.verify(target, { kind: 'password', username, password });

export const opensByKey = ({ connector, target }: Bench, username: string, privateKey: string): Promise<boolean> =>
  connector.verify(target, { kind: 'ssh_key', username, privateKey });

/** Every call of the port, harmless in itself. */
export function calls(connector: Connector, target: Target): readonly { name: string; run: () => Promise<unknown> }[] {
  const change: Change = { do: 'lock_account', account: 'conform-gone' };
  return [
    { name: 'probe', run: () => connector.probe(target) },
    { name: 'read', run: () => connector.read(target) },
    { name: 'readAccount', run: () => connector.readAccount(target, 'conform-gone') },
    { name: 'preview', run: () => connector.preview(target, change) },
    { name: 'apply', run: () => connector.apply(target, change) },
    { name: 'verify', run: () => connector.verify(target, target.credential) },
  ];
}

/** The TargetError a promise rejects with, or undefined when it resolves. Any other rejection is a broken promise. */
export async function refusal(promise: Promise<unknown>): Promise<TargetError | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    assert.doesNotMatch(error.message, /[\n\r\0]/u);
    return error;
  }
}

/** Asserts that a promise rejects with a TargetError of one of these codes. */
export async function refused(
  promise: Promise<unknown>,
  codes: readonly TargetError['code'][],
  what: string,
): Promise<TargetError> {
  const error = await refusal(promise);
  assert.ok(error, `${what}: went through, should have been ${codes.join(' or ')}`);
  assert.ok(
    codes.includes(error.code),
    `${what}: ${error.code} (${error.message}), should have been ${codes.join(' or ')}`,
  );
  assert.equal(error.retry, ['unreachable', 'failed', 'awaited'].includes(error.code));
  return error;
}

/** Everything a log line about an error could print, causes included. */
export function everything(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return [error.message, error.stack, JSON.stringify(error), everything(error.cause)].join('\n');
}
