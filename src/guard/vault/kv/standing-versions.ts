import { boxOf, type EnvelopeContext, type SealedBox } from '#kit/crypto/index.ts';
import type { Tx } from '#kit/db/index.ts';
import type { ResourceRef } from '#spine/decide/port.ts';
import { sealContext } from '../model.ts';
import { namesNotFetched } from '../checkout/index.ts';
import { sealedVersions, type SealedKv } from './store.ts';

/** A sealed version, where policy is asked about it, and whether its terms let nobody fetch it. */
export interface StandingKv extends SealedKv {
  readonly folder: ResourceRef;
  readonly notFetched: boolean;
  /** What its ciphertexts must be bound to. */
  readonly context: EnvelopeContext;
  /** Its value, sealed, ready to be opened; null where there is none. */
  readonly box: SealedBox | null;
}

/** As sealedVersions, in the order of the asks; what was read before is remembered, sealed, while neither the secret nor any terms change. */
export async function standingVersions(
  tx: Tx,
  asks: readonly { readonly name: string; readonly version?: number | undefined }[],
): Promise<readonly (StandingKv | undefined)[]> {
  const kept = await tx.kept('secrets');
  const keyOf = ({ name, version }: (typeof asks)[number]): string => `kv ${version ?? 0} ${name}`;
  const found = asks.map((ask) => kept.get<StandingKv>(keyOf(ask), tx.now));
  const missing = asks.map((ask, at) => ({ ...ask, at })).filter(({ at }) => found[at] === undefined);
  if (missing.length === 0) return found;
  const [read, notFetched] = await Promise.all([
    sealedVersions(tx, missing),
    namesNotFetched(
      tx,
      missing.map(({ name }) => name),
    ),
  ]);
  missing.forEach((ask, i) => {
    const sealed = read[i];
    if (sealed === undefined) return;
    const folder = { type: 'SecretFolder', id: sealed.secret.folderId };
    const { secret, version } = sealed;
    const context = sealContext({ ...secret, version: version.version, username: null }, version.state);
    const box = version.sealed === null ? null : boxOf(version.sealed, context.value);
    const standing: StandingKv = { secret, version, folder, context, box, notFetched: notFetched.has(ask.name) };
    found[ask.at] = standing;
    kept.keep(keyOf(ask), standing, { now: tx.now, part: secret.id, bytes: version.sealed?.length ?? 0 });
  });
  return found;
}
