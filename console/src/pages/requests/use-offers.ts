import { useRows } from '../../api/pages.ts';
import { catalogueList, requestableRoleList } from '../../api/people.ts';
import type { Entitlement } from '../../api/shapes/people.ts';

/** Something that can be asked for, whatever it is underneath. */
export interface Offer {
  readonly kind: 'entitlement' | 'role';
  readonly id: string;
  readonly name: string;
  readonly systemName: string;
  readonly description: string;
  readonly risk: string;
  readonly privileged: boolean;
  readonly maxSeconds: number | null;
}

export const offerOf = ({ id, name, systemName, description, risk, privileged, maxSeconds }: Entitlement): Offer => ({
  kind: 'entitlement',
  id,
  name,
  systemName: systemName ?? 'Reeve',
  description: description ?? '',
  risk,
  privileged,
  maxSeconds,
});

/** What fits the words: names that begin so, everything on a system called so, and roles. */
export const useOffers = (search: string) => {
  const words = search === '' ? undefined : search;
  const named = useRows(catalogueList({ search: words }));
  // A word that is no system's name is answered with a refusal; that is not an error here.
  const onSystem = useRows({ ...catalogueList({ system: words }), enabled: words !== undefined, retry: false });
  const roles = useRows(requestableRoleList());
  const byId = new Map<string, Offer>();
  for (const role of roles.rows)
    if (words === undefined || `${role.name} ${role.description ?? ''}`.toLowerCase().includes(words.toLowerCase()))
      byId.set(role.id, { ...role, kind: 'role', systemName: 'role', description: role.description ?? '' });
  for (const entitlement of [...named.rows, ...(words === undefined ? [] : onSystem.rows)])
    byId.set(entitlement.id, offerOf(entitlement));
  return { ...named, offers: [...byId.values()] };
};
