import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { campaignPreviewQuery, launchCampaign } from '../../api/campaigns.ts';
import type { Campaign } from '../../api/shapes/campaigns.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { utc } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { IdentityName } from '../identities/identity-name.tsx';
import { routeWords, scopeWords } from './campaign-words.ts';

const secondsEach = 8;

/** A campaign before launch: how many items, and whom they would keep busy for how long. */
export const DraftCampaign = ({ campaign }: { readonly campaign: Campaign }) => {
  const preview = useQuery(campaignPreviewQuery(campaign.id));
  const launch = useAct({
    run: () => launchCampaign(campaign.id),
    stales: ['campaigns'],
    done: () => 'Launched; the reviewers are asked',
  });
  const load = preview.data;
  return (
    <Page
      title={campaign.name}
      crumbs={<Link to="/campaigns">Certifications</Link>}
      lead={`A draft: nobody has been asked. Looks at ${scopeWords(campaign)}; the ${campaign.reviewerRule} decides; due ${utc(campaign.dueAt)}.`}
      actions={
        <Button
          disabled={load === undefined || load.items === 0}
          loading={launch.isPending}
          onClick={() => launch.mutate(undefined)}
        >
          {load === undefined ? 'Launch' : `Launch: ask about ${String(load.items)} items`}
        </Button>
      }
    >
      {preview.error === null ? null : <Failed error={preview.error} onRetry={() => void preview.refetch()} />}
      {load === undefined && preview.error === null ? <Waiting /> : null}
      {load === undefined ? null : (
        <div className="stack" style={{ maxWidth: '40rem' }}>
          <p>
            {load.items === 0
              ? 'Nothing fits this scope.'
              : `${String(load.items)} items of ${String(load.people)} identities would be frozen as of the launch, ${String(load.privileged)} of them privileged.`}
            {load.rerouted === 0
              ? ''
              : ` ${String(load.rerouted)} have no independent reviewer by the rule and fall to another.`}
            {load.withoutReviewer === 0
              ? ''
              : ` ${String(load.withoutReviewer)} have nobody who could review them and are left out.`}
          </p>
          <PlainTable
            label="Whom items fall to"
            rows={load.routes}
            rowId={({ routed }) => routed}
            empty="Nobody would be asked."
            columns={[
              { id: 'routed', header: 'Asked as', title: true, cell: ({ routed }) => routeWords(routed) },
              { id: 'items', header: 'Items', right: true, cell: ({ items }) => items },
            ]}
          />
          <PlainTable
            label="Load of each reviewer"
            rows={load.reviewers}
            rowId={({ identityId }) => identityId}
            empty="Nobody would be asked."
            columns={[
              {
                id: 'who',
                header: 'Reviewer',
                title: true,
                cell: ({ identityId }) => <IdentityName id={identityId} />,
              },
              { id: 'items', header: 'Items', right: true, cell: ({ items }) => items },
              {
                id: 'fell',
                header: 'Fell to them',
                right: true,
                cell: ({ fellTo }) => (fellTo === 0 ? <span className="dim">0</span> : fellTo),
              },
              {
                id: 'effort',
                header: 'About',
                right: true,
                cell: ({ items }) => `${String(Math.max(1, Math.round((items * secondsEach) / 60)))} min`,
              },
            ]}
          />
        </div>
      )}
    </Page>
  );
};
