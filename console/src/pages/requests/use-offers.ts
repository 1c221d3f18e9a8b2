import { useRows } from '../../api/pages.ts';
import { catalogueSearch } from '../../api/catalogue.ts';
import { requestableRoleList } from '../../api/people.ts';
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

export const offerOf = ({
  id,
  name,
  systemName,
  description,
  risk,
  privileged,
  maxSeconds,
}: Pick<Entitlement, 'id' | 'name' | 'systemName' | 'description' | 'risk' | 'privileged' | 'maxSeconds'>): Offer => ({
  kind: 'entitlement',
  id,
  name,
  systemName: systemName ?? 'Reeve',
  description: description ?? '',
  risk,
  privileged,
  maxSeconds,
});

/** What fits the words, wherever the catalogue says them, also a little mistyped; and roles. */
export const useOffers = (search: string) => {
  const words = search === '' ? undefined : search;
  const found = useRows(catalogueSearch({ text: words, requestable: true, facets: false }));
  const roles = useRows(requestableRoleList());
  const byId = new Map<string, Offer>();
  for (const role of roles.rows)
    if (words === undefined || `${role.name} ${role.description ?? ''}`.toLowerCase().includes(words.toLowerCase()))
      byId.set(role.id, { ...role, kind: 'role', systemName: 'role', description: role.description ?? '' });
  for (const entitlement of found.rows) byId.set(entitlement.id, offerOf(entitlement));
  return { ...found, offers: [...byId.values()] };
};
