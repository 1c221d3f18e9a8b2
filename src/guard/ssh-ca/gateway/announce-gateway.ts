import { sql, type Queryable } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { gatewayAnnounced } from '../events.ts';

/** A gateway as people reach it. */
export interface GatewayPlace {
  readonly address: string;
  readonly port: number;
  /** Its host key, as a line of a `.pub` file. */
  readonly hostKey: string;
  readonly fingerprint: string;
}

/** Says where a gateway is reached and which host key it shows there. What is known already is not said again. */
export async function announceGateway(ctx: Ctx, permit: Permit, place: GatewayPlace): Promise<void> {
  const { address, port, hostKey, fingerprint } = place;
  const before = await ctx.tx.maybe<{ hostKey: string }>(
    sql`select host_key from ssh_gateway where address = ${address} and port = ${port} for update`,
  );
  if (before?.hostKey === hostKey) return;
  await ctx.tx.run(sql`
    insert into ssh_gateway (address, port, host_key, announced_at) values (${address}, ${port}, ${hostKey}, ${ctx.now})
    on conflict on constraint ssh_gateway_pk do update set host_key = ${hostKey}, announced_at = ${ctx.now}`);
  await ctx.record(permit, { event: gatewayAnnounced, data: { address, port, fingerprint } });
}

/** Gateways, the one that said so last first. */
export const gateways = (tx: Queryable): Promise<{ address: string; port: number; hostKey: string }[]> =>
  tx.many(sql`select address, port, host_key from ssh_gateway order by announced_at desc, address, port`);

/** The line by which OpenSSH knows a gateway; `[address]:port` where the port is not 22. */
export const knownHost = ({ address, port, hostKey }: Pick<GatewayPlace, 'address' | 'port' | 'hostKey'>): string =>
  `${port === 22 ? address : `[${address}]:${port}`} ${hostKey.split(' ').slice(0, 2).join(' ')}`;
