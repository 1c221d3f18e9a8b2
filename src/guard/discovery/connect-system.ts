import type { Targets } from '#connectors/port.ts';
import type { Keys } from '#kit/crypto/index.ts';
import { invalid } from '#kit/errors/index.ts';
import { isMachineOnly } from '#kit/outbound/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { changeSystem, registerSystem, type System } from '#spine/graph/index.ts';
import { createSecret } from '#guard/vault/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { checkSettings } from './configure-system.ts';
import { systemConnected } from './events.ts';
import { schedule } from './schedule/store.ts';

/** A target to be known, and what Reeve itself reaches it with. */
export interface NewConnection {
  readonly name: string;
  readonly kind: string;
  readonly host: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Host keys or certificate fingerprints it was seen with, by somebody who checked. Empty: it is not trusted yet and nothing is sent to it. */
  readonly pinned: readonly string[];
  readonly ownerId?: string | undefined;
  readonly username: string;
  /** Absent for kinds that have nobody to log in to, such as files and work done by hand. */
  readonly secret?: { readonly kind: 'password' | 'ssh_key' | 'api_key'; readonly value: string } | undefined;
}

/** Makes a target known; the credential goes straight into the vault and is never shown again. */
export async function connectSystem(
  { keys, targets }: { readonly keys: Keys; readonly targets: Targets },
  ctx: Ctx,
  permit: Permit<'system.connect'>,
  input: NewConnection,
): Promise<System> {
  if (input.secret !== undefined && (input.host === '' || input.port === 0))
    throw invalid('/host', 'a system with a credential is somewhere', 'say host and port');
  if (isMachineOnly(input.host))
    throw invalid('/host', `${input.host} answers only who is on that machine`, 'name the address others reach it at');
  checkSettings(targets, input.kind, input.settings);
  const system = await registerSystem(ctx, permit, {
    name: input.name,
    kind: input.kind,
    host: input.host,
    port: input.port,
    settings: input.settings,
    pinned: input.pinned,
    ownerId: input.ownerId,
  });
  await ctx.record(permit, { event: systemConnected, data: { systemId: system.id, name: system.name } });
  await schedule(ctx.tx, system.id);
  if (input.secret === undefined) return system;
  const value = Buffer.from(input.secret.value);
  const secret = await createSecret(keys, ctx, permit, {
    name: `connections/${system.name}`,
    kind: input.secret.kind,
    purpose: 'connection',
    systemId: system.id,
    ownerId: input.ownerId,
    username: input.username,
    value,
  });
  value.fill(0);
  return await changeSystem(ctx, permit, { systemId: system.id, credentialSecretId: secret.id });
}
