import type { Ctx } from '#spine/operations/index.ts';
import type { Pusher, Written } from '../model.ts';
import type { ResourceKind } from '../schema/resource-kind.ts';
import type { Condition } from './condition.ts';
import type { PushOptions, PushPermit } from './push-terms.ts';
import { createGroup, deleteGroup, patchGroup, replaceGroup } from './write-group.ts';
import { createUser, deleteUser, patchUser, replaceUser } from './write-user.ts';

/** One change of one resource, as a client asks for it. */
export type Change = { readonly kind: ResourceKind; readonly condition: Condition } & (
  | { readonly method: 'POST'; readonly data: unknown }
  | { readonly method: 'PUT' | 'PATCH'; readonly id: string; readonly data: unknown }
  | { readonly method: 'DELETE'; readonly id: string }
);

const WRITERS = {
  User: { create: createUser, replace: replaceUser, patch: patchUser, remove: deleteUser },
  Group: { create: createGroup, replace: replaceGroup, patch: patchGroup, remove: deleteGroup },
};

/** Carries a change out, or keeps it for a person to decide about where it is over a limit. */
export function writeResource(
  ctx: Ctx,
  permit: PushPermit,
  by: Pusher,
  change: Change,
  options: PushOptions = {},
): Promise<Written> {
  const { create, replace, patch, remove } = WRITERS[change.kind.name];
  const { condition } = change;
  switch (change.method) {
    case 'POST':
      return create(ctx, permit, by, change.data, options);
    case 'PUT':
      return replace(ctx, permit, by, change.id, change.data, condition, options);
    case 'PATCH':
      return patch(ctx, permit, by, change.id, change.data, condition, options);
    case 'DELETE':
      return remove(ctx, permit, by, change.id, condition, options);
  }
}
