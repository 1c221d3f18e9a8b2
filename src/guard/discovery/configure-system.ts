import type { Targets } from '#connectors/port.ts';
import { AppError, invalid } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { changeSystem, requireSystem, type System } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';

/** Throws `system.settings_wrong` that names every wrong setting by its place. */
export function checkSettings(targets: Targets, kind: string, settings: Readonly<Record<string, unknown>>): void {
  const wrong = targets.wrongSettings?.(kind, settings) ?? [];
  const [first] = wrong;
  if (first === undefined) return;
  throw new AppError({
    code: 'system.settings_wrong',
    status: 422,
    detail: `settings of a system of kind ${kind} are wrong: ${first.pointer === '' ? '' : `${first.pointer} `}${first.detail}`,
    fix: `see src/connectors/${kind}/README.md for what they can be`,
    errors: wrong.slice(0, 50).map(({ pointer, detail }) => ({ pointer: `/settings${pointer}`, detail })),
  });
}

/** Says anew how a system is read and changed. `description` is the setting of that name, for commands that take it from a file. */
export async function configureSystem(
  targets: Targets,
  ctx: Ctx,
  permit: Permit<'system.configure'>,
  input: {
    readonly systemId: string;
    /** Takes the place of all there were. */
    readonly settings?: Readonly<Record<string, unknown>> | undefined;
    readonly description?: string | undefined;
  },
): Promise<System> {
  if (input.settings === undefined && input.description === undefined)
    throw invalid('/settings', 'says nothing to change', 'give settings, a description, or both');
  const before = await requireSystem(ctx.tx, input.systemId);
  const settings = {
    ...(input.settings ?? before.settings),
    ...(input.description === undefined ? {} : { description: input.description }),
  };
  checkSettings(targets, before.kind, settings);
  return await changeSystem(ctx, permit, { systemId: before.id, settings });
}
