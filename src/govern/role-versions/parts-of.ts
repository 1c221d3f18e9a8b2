import type { RolePart } from '#spine/graph/index.ts';
import type { VersionContent, VersionPart } from './model.ts';

/** What the parts of a version are for the graph. */
export const partsOf = ({ entitlements, roles }: VersionContent): readonly RolePart[] => {
  const times = ({ validFrom, validTo }: VersionPart): Pick<RolePart, 'validFrom' | 'validTo'> => ({
    validFrom: validFrom === null ? null : new Date(validFrom),
    validTo: validTo === null ? null : new Date(validTo),
  });
  return [
    ...entitlements.map((part) => ({ entitlementId: part.id, roleId: null, ...times(part) })),
    ...roles.map((part) => ({ entitlementId: null, roleId: part.id, ...times(part) })),
  ];
};
