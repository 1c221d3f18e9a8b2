import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { ReadAccount, ReadingResult, SystemReading } from '../model.ts';

export interface ReadingInput {
  readonly systemId: string;
  readonly reading: SystemReading;
  /** False: what looks gone is left alone. Only a trusted reading takes anything away. */
  readonly trusted: boolean;
  /** When the reading began (default now): what was recorded since then is newer than the reading and wins. */
  readonly readAt?: Date | undefined;
}

/** Makes the graph agree with one whole reading of a system. */
export async function applyReading(_ctx: Ctx, _permit: Permit, _input: ReadingInput): Promise<ReadingResult> {
  await Promise.resolve();
  throw new Error('not written yet');
}

export interface AccountReadingInput {
  readonly systemId: string;
  /** The account's name on the system; with `found` undefined it is known to be gone. */
  readonly name: string;
  readonly found?: { readonly account: ReadAccount; readonly holdings: readonly string[] } | undefined;
  readonly readAt?: Date | undefined;
}
export interface AccountReadingResult {
  /** Undefined when the account is gone or never was. */
  readonly accountId: string | undefined;
  /** Entitlements it holds now. */
  readonly entitlementIds: readonly string[];
  /** Native ids the account holds that the graph does not know yet; the next whole reading brings them. */
  readonly unknown: readonly string[];
}

/** Makes the graph agree with a fresh look at one account: the read-back behind every change of a target. */
export async function applyAccountReading(
  _ctx: Ctx,
  _permit: Permit,
  _input: AccountReadingInput,
): Promise<AccountReadingResult> {
  await Promise.resolve();
  throw new Error('not written yet');
}
