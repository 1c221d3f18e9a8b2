import { can, useMe } from '../../api/me.ts';
import { Page } from '../../ui/page.tsx';
import { Authorities } from './authorities.tsx';
import { Hosts } from './hosts.tsx';
import { Issuers } from './issuers.tsx';

/** How programs prove who they are, so that they keep no secret of Reeve's. */
export const WorkloadsPage = () => {
  const me = useMe();
  const may = { trust: can(me, 'workload.trust'), bind: can(me, 'workload.bind') };
  return (
    <Page
      title="Programs"
      lead="How programs prove who they are without a secret of Reeve's: by tokens of their platform, by certificates, or by the SSH host key of the machine they run on. Each gets a token for an hour at most."
    >
      <Issuers may={may} />
      <Authorities may={may} />
      <Hosts may={may} />
    </Page>
  );
};
