import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { identityQuery } from '../../api/people.ts';

/** Who an id is: the name where the asker may see it, else the end of the id. Leads to the identity's page. */
export const IdentityName = ({ id }: { readonly id: string }) => {
  const { data } = useQuery({ ...identityQuery(id), staleTime: 300_000, retry: false });
  return (
    <Link to="/identities/$id" params={{ id }} title={id}>
      {data?.displayName ?? `…${id.slice(-8)}`}
    </Link>
  );
};
