import type { Targets } from '#connectors/port.ts';
import { sql } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { requireSystem } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { isolationSet } from './events.ts';
import { checkGateway, checkNetwork } from './model.ts';
import { exemptionsOf, getIsolation, UNSAID } from './store.ts';

/** Says who reaches a system besides nobody. What is not named stays as it was. From now on log-ons there are looked for. */
export async function setIsolation(
  targets: Targets,
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly systemId: string;
    readonly gateways?: readonly string[] | undefined;
    readonly exemptions?: readonly string[] | undefined;
    readonly everySeconds?: number | undefined;
  },
): Promise<void> {
  const system = await requireSystem(ctx.tx, input.systemId);
  if (targets.isolationOf?.(system.kind) === undefined)
    throw invalid(
      '/systemId',
      `${system.name} is of kind ${system.kind}, and how such a system is closed is not known to Reeve`,
      'choose a Linux host, or a PostgreSQL or MariaDB server',
    );
  const before = (await getIsolation(ctx.tx, system.id)) ?? UNSAID;
  const gateways = [...(input.gateways ?? before.gateways)];
  const exemptions = [...(input.exemptions ?? before.exemptions)];
  const everySeconds = input.everySeconds ?? before.everySeconds;
  gateways.forEach((gateway, i) => checkGateway(gateway, `/gateways/${String(i)}`));
  for (const [i, { address }] of exemptionsOf(exemptions).entries()) checkNetwork(address, `/exemptions/${String(i)}`);
  await ctx.tx.run(sql`
    insert into isolation (system_id, gateways, exemptions, every_seconds, set_at, set_by)
    values (${system.id}, ${sql.array(gateways)}::text[], ${sql.array(exemptions)}::text[], ${everySeconds}, ${ctx.now}, ${ctx.principal.id})
    on conflict on constraint isolation_pk do update set gateways = excluded.gateways, exemptions = excluded.exemptions,
      every_seconds = excluded.every_seconds, set_at = excluded.set_at, set_by = excluded.set_by`);
  await ctx.tx.run(sql`
    insert into lookout (system_id) values (${system.id}) on conflict on constraint lookout_pk do update set next_at = null`);
  await ctx.record(permit, { event: isolationSet, data: { systemId: system.id, gateways, exemptions, everySeconds } });
}
