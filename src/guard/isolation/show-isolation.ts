import type { IsolationCheck, IsolationPart, Targets } from '#connectors/port.ts';
import { sql } from '#kit/db/index.ts';
import { requireSystem } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { withElsewhere } from './model.ts';
import { gatewaysOf, getIsolation, planOf, UNSAID } from './store.ts';

interface LookoutNow {
  readonly lookedAt: Date | null;
  readonly blindSince: Date | null;
  readonly problem: string | null;
  readonly leftOut: readonly string[];
}

/** How a system is closed: who reaches it, what it is to be told, what was proved, and how log-ons are looked for. */
export async function showIsolation(targets: Targets, ctx: Ctx, systemId: string) {
  const { tx } = ctx;
  const system = await requireSystem(tx, systemId);
  const isolation = await getIsolation(tx, system.id);
  const said = isolation ?? UNSAID;
  const gateways = await gatewaysOf(tx, said.gateways);
  const parts =
    gateways.length === 0
      ? []
      : (targets.isolationOf?.(system.kind)?.parts(system, await planOf(tx, system.id, said)) ?? []);
  const lookout = await tx.maybe<LookoutNow>(
    sql`select looked_at, blind_since, problem, left_out from lookout where system_id = ${system.id}`,
  );
  return {
    systemId: system.id,
    systemName: system.name,
    kind: system.kind,
    host: system.host,
    port: system.port,
    isSet: isolation !== undefined,
    gateways: [...gateways],
    gatewaysSaid: [...said.gateways],
    exemptions: [...said.exemptions],
    everySeconds: said.everySeconds,
    parts: parts.map(copiedPart),
    proof: {
      state:
        isolation === undefined || isolation.proofAskedAt === null
          ? (isolation?.proofState ?? null)
          : ('asked' as const),
      at: isolation?.proofAt ?? null,
      provedAt: isolation?.provedAt ?? null,
      checks: withElsewhere(isolation?.proof ?? [], isolation?.elsewhere ?? null).map((check: IsolationCheck) => ({
        ...check,
      })),
    },
    lookout: {
      lookedAt: lookout?.lookedAt ?? null,
      blindSince: lookout?.blindSince ?? null,
      problem: lookout?.problem ?? null,
      leftOut: [...(lookout?.leftOut ?? [])],
    },
  };
}

const copiedPart = ({ apply, remove, ...rest }: IsolationPart) => ({ ...rest, apply: [...apply], remove: [...remove] });
