import { AppError } from '#kit/errors/index.ts';
import type { Keys } from '#kit/crypto/index.ts';
import type { Connector, Credential, Target, Targets } from '#connectors/port.ts';
import { requireSystem } from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { useSecret } from './use-secret.ts';
import type { SecretKind } from './model.ts';
import { findSecret } from './store.ts';

const logsIn = (kind: SecretKind): kind is 'password' | 'ssh_key' | 'api_key' =>
  kind === 'password' || kind === 'ssh_key' || kind === 'api_key';

/** A sealed value as what it logs in with. */
export const credentialOf = (kind: 'password' | 'ssh_key' | 'api_key', username: string, value: Buffer): Credential => {
  if (kind === 'password') return { kind, username, password: value.toString('utf8') };
  if (kind === 'ssh_key') return { kind, username, privateKey: value.toString('utf8') };
  return { kind: 'token', username, token: value.toString('utf8') };
};

/**
 * The one way to a target: the connector of its kind, its address and pins from the graph, the credential of its
 * connection from the vault for the length of one call. Each use is on the record.
 */
export function createTargets(parts: {
  readonly keys: Keys;
  readonly connectors: ReadonlyMap<string, Connector>;
  readonly job: () => JobCtx;
}): Targets {
  return {
    rowsOf: (kind) => parts.connectors.get(kind)?.rows,
    isolationOf: (kind) => parts.connectors.get(kind)?.isolation,
    wrongSettings: (kind, settings) => {
      const issues = parts.connectors.get(kind)?.settings.safeParse(settings).error?.issues ?? [];
      return issues.map(({ path, message }) => ({ pointer: ['', ...path.map(String)].join('/'), detail: message }));
    },
    wrongPlace: (kind, place) => {
      const places = parts.connectors.get(kind)?.dependants;
      if (places === undefined)
        return [{ pointer: '', detail: `systems of kind ${kind} have no places for values of others` }];
      const issues = places.place.safeParse(place).error?.issues ?? [];
      return issues.map(({ path, message }) => ({ pointer: ['', ...path.map(String)].join('/'), detail: message }));
    },
    use: async (systemId, work, as) => {
      const { connector, target } = await parts
        .job()
        .act({ action: 'secret.use' }, async (ctx, permit): Promise<{ connector: Connector; target: Target }> => {
          const system = await requireSystem(ctx.tx, systemId);
          const found = parts.connectors.get(system.kind);
          if (found === undefined) {
            throw new AppError({
              code: 'system.no_connector',
              status: 409,
              detail: `${system.name} is of kind ${system.kind}, which no connector reads or changes`,
              fix: `use one of ${[...parts.connectors.keys()].join(', ')}, or work on it by hand`,
            });
          }
          const secret =
            system.credentialSecretId === null ? undefined : await findSecret(ctx.tx, system.credentialSecretId);
          const place = {
            systemId,
            kind: system.kind,
            host: system.host,
            port: system.port,
            settings: system.settings,
            pinned: system.pinned,
          };
          if (as !== undefined) return { connector: found, target: { ...place, credential: as } };
          if (secret === undefined && found.credentials.includes('none'))
            return { connector: found, target: { ...place, credential: { kind: 'none', username: '' } } };
          if (secret === undefined || !logsIn(secret.kind)) {
            throw new AppError({
              code: 'system.no_credential',
              status: 409,
              detail: `${system.name} has no credential in the vault to be reached with`,
              fix: `reeve systems connect ${system.name}`,
            });
          }
          const opened = await useSecret(parts.keys, ctx, permit, { secret, systemId, purpose: 'connection' });
          const credential = credentialOf(secret.kind, opened.username ?? '', opened.value);
          opened.value.fill(0);
          return { connector: found, target: { ...place, credential } };
        });
      return await work(connector, target);
    },
  };
}
