import type { Config } from '#kit/config/index.ts';

/** A port as an address has it. */
export const portOf = (port: number): string => (port === 443 ? '' : `:${String(port)}`);

/** Where people reach the SSH gateway of this node. */
export function sshReachedAt(config: Config, listensOn: number): { readonly address: string; readonly port: number } {
  const said = new URL(config.sshPublic === 'none' ? config.publicUrl : `ssh://${config.sshPublic}`);
  const port = config.sshPublic === 'none' || said.port === '' ? listensOn : Number(said.port);
  return { address: said.hostname.replace(/^\[|\]$/gu, ''), port };
}

/** Where people reach the gateways of databases: of this node or of one apart. */
export const databasesReachedAt = (
  config: Config,
): Readonly<Record<'postgres' | 'mysql', { readonly host: string; readonly port: number }>> => ({
  postgres: postgresReachedAt(config),
  mysql: { host: new URL(config.publicUrl).hostname, port: config.mysqlPort },
});

function postgresReachedAt(config: Config): { readonly host: string; readonly port: number } {
  const said = new URL(config.postgresPublic === 'none' ? config.publicUrl : `tcp://${config.postgresPublic}`);
  const port = config.postgresPublic === 'none' || said.port === '' ? config.postgresPort : Number(said.port);
  return { host: said.hostname, port };
}

/** How a gateway of this very process is reached, wherever it listens. */
export const nearAddress = (listensOn: string): string =>
  ({ '0.0.0.0': '127.0.0.1', '::': '::1' })[listensOn] ?? listensOn;
