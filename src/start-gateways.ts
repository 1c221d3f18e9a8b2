import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '#kit/clock/index.ts';
import type { Config } from '#kit/config/index.ts';
import { selfSigned } from '#kit/crypto/index.ts';
import { startHttpGateway } from '#gateways/http/index.ts';
import { startMysqlGateway } from '#gateways/mysql/index.ts';
import type { PasswordProof } from '#gateways/port.ts';
import { startPostgresGateway } from '#gateways/postgres/index.ts';
import { makeHostKey, startSshGateway } from '#gateways/ssh/index.ts';
import { redeemPassword } from '#guard/gateway-passwords/index.ts';
import { gatewayPorts, type GatewayDoors } from '#guard/sessions/index.ts';
import { announceGateway, type GatewayPlace } from '#guard/ssh-ca/index.ts';
import { redeemOnSite, whoseOnSite } from '#guard/web-sign-ins/index.ts';
import type { Operator } from '#spine/operations/index.ts';
import { nearAddress, portOf, sshReachedAt } from './gateway-places.ts';
import { readGatewayTls, type GatewayTls } from './read-gateway-tls.ts';

interface Parts {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly edges: Parameters<typeof gatewayPorts>[0];
  readonly operator: Operator;
  readonly doors: GatewayDoors;
}

/** Starts every gateway of this process and says where each is. What is started is drained and stopped by `doors`. */
export async function startGateways(parts: Parts): Promise<{
  readonly ssh: GatewayPlace;
  /** Where this process reaches its own gateways of databases. */
  readonly databases: Readonly<Record<'postgres' | 'mysql', { readonly host: string; readonly port: number }>>;
  readonly webPort: number;
}> {
  const { config, edges, operator, doors } = parts;
  const { log } = edges;
  const ports = gatewayPorts(edges);
  const ssh = await startSshGateway(
    { host: config.sshHost, port: config.sshPort, hostKey: await sshHostKey(config.dataDir) },
    ports,
  );
  doors.add(ssh);
  await operator
    .jobCtx('gateway')
    .act({ action: 'ssh_gateway.announce' }, (ctx, permit) =>
      announceGateway(ctx, permit, { ...ssh, ...sshReachedAt(config, ssh.address.port) }),
    );
  log.info('ssh gateway serves', {
    address: ssh.address.address,
    port: ssh.address.port,
    fingerprint: ssh.fingerprint,
  });
  const ofDatabases = await startDatabaseGateways(parts);
  const web = await startHttpGateway(
    {
      host: config.webHost,
      port: config.webPort,
      domain: config.webDomain,
      ...(config.webPublicPort === 0 ? {} : { publicPort: config.webPublicPort }),
      consoleUrl: config.publicUrl,
      ...(await gatewayTls(config.webTlsFile, [`*.${config.webDomain}`, config.webDomain])),
      allowLoopback: config.webAllowLoopback,
      ownPorts: [
        config.httpPort,
        ssh.address.port,
        ofDatabases.postgres.port,
        ofDatabases.mysql.port,
        config.workloadPort,
        Number(new URL(parts.databaseUrl).port || 5432),
      ],
    },
    {
      log,
      admit: ports.admit,
      redeem: (offer) => redeemOnSite(operator.jobCtx('gateway'), offer),
      whose: (offer) => whoseOnSite(operator.jobCtx('gateway'), offer),
    },
  );
  doors.add(web);
  const webPort = config.webPublicPort === 0 ? web.address.port : config.webPublicPort;
  log.info('web gateway serves', { address: web.address.address, port: web.address.port });
  console.log(`web      https://*.${config.webDomain}${portOf(webPort)}`);
  console.log(`ssh      ${ssh.address.address}:${ssh.address.port}  host key ${ssh.fingerprint}`);
  return {
    ssh: { ...ssh, address: nearAddress(ssh.address.address), port: ssh.address.port },
    databases: ofDatabases,
    webPort,
  };
}

/** Those of databases; answers where this process reaches them. */
async function startDatabaseGateways({ config, edges, operator, doors }: Parts) {
  const { log } = edges;
  const names = [new URL(config.publicUrl).hostname, 'localhost', '127.0.0.1'];
  const { key, certificate } = await gatewayTls(config.gatewayTlsFile, names);
  const ports = {
    ...gatewayPorts(edges),
    redeem: (offer: PasswordProof) => redeemPassword(operator.jobCtx('gateway'), offer),
  };
  const postgres = await startPostgresGateway(
    { host: config.postgresHost, port: config.postgresPort, key, certificate },
    ports,
  );
  doors.add(postgres);
  log.info('postgres gateway serves', { address: postgres.address.address, port: postgres.address.port });
  console.log(`postgres ${postgres.address.address}:${postgres.address.port}`);
  const mysql = await startMysqlGateway(
    { host: config.mysqlHost, port: config.mysqlPort, version: config.mysqlVersion, key, certificate },
    ports,
  );
  doors.add(mysql);
  log.info('mysql gateway serves', { address: mysql.address.address, port: mysql.address.port });
  console.log(`mysql    ${mysql.address.address}:${mysql.address.port}`);
  const near = ({ address }: { readonly address: { readonly address: string; readonly port: number } }) => ({
    host: nearAddress(address.address),
    port: address.port,
  });
  return { postgres: near(postgres), mysql: near(mysql) };
}

/** Key and certificate of gateways that speak TLS, made at the first start and kept, since people verify it. */
async function gatewayTls(file: string, names: readonly string[]): Promise<GatewayTls> {
  const kept = await readGatewayTls(file);
  if (kept !== undefined) return kept;
  const made = selfSigned({ names: [...new Set(names)], from: systemClock.now(), days: 3650 });
  await writeFile(file, made.key + made.certificate, { mode: 0o600, flag: 'wx' });
  return made;
}

/** The gateway's host key, made at the first start and kept, since people pin it. */
async function sshHostKey(dataDir: string): Promise<Buffer> {
  const path = join(dataDir, 'ssh_host_ed25519_key');
  if (!existsSync(path)) await writeFile(path, makeHostKey(), { mode: 0o600, flag: 'wx' });
  return await readFile(path);
}
