import { Button, Progress } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { closeCampaign, signCampaign } from '../../api/campaigns.ts';
import { can, useMe } from '../../api/me.ts';
import type { Campaign, CampaignItem } from '../../api/shapes/campaigns.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { useActions } from '../../ui/keyboard/actions.ts';
import { Keys } from '../../ui/keyboard/keys-shown.tsx';
import { Countdown } from '../../ui/show/time-ago.tsx';
import { doneOf, scopeWords } from './campaign-words.ts';
import s from './campaigns.module.css';

/** How far the campaign is, in one line. */
export const ReviewProgress = ({ campaign }: { readonly campaign: Campaign }) => (
  <span className={s['sign']}>
    <span>{scopeWords(campaign)}</span>
    <span>
      {doneOf(campaign)} of {campaign.total} decided, {campaign.revoking} pending proof, {campaign.revoked} proved gone
    </span>
    {campaign.state === 'open' ? (
      <span>
        due in <Countdown to={campaign.dueAt} over="no time: overdue" />
      </span>
    ) : (
      <span>{campaign.state}</span>
    )}
    <Progress
      value={campaign.total === 0 ? 0 : (doneOf(campaign) / campaign.total) * 100}
      size="sm"
      w={140}
      aria-label="Share decided"
    />
  </span>
);

interface ReviewActionsProps {
  readonly campaign: Campaign;
  /** Those the asker reviews. */
  readonly items: readonly CampaignItem[];
}

/** Signing what I decided, which makes it real; closing the whole, for who runs it. */
export const ReviewActions = ({ campaign, items }: ReviewActionsProps) => {
  const me = useMe();
  const navigate = useNavigate();
  const sign = useAct({
    run: () => signCampaign(campaign.id),
    stales: ['campaigns', 'sessions', 'grants'],
    done: ({ kept, revoked, held }) =>
      held === undefined || held.outcome === 'released'
        ? `Signed: ${String(kept)} kept, ${String(revoked)} revoked`
        : `Not signed: ${held.because}`,
    after: ({ held }) => (held?.outcome === 'rerouted' ? void navigate({ to: '/campaigns' }) : undefined),
  });
  const close = useAct({
    run: () => closeCampaign(campaign.id),
    stales: ['campaigns'],
    done: ({ unanswered }) => `Closed; ${String(unanswered)} unanswered`,
  });
  const decided = items.filter(({ state }) => state === 'decided');
  const revoked = decided.filter(({ decision }) => decision === 'revoke').length;
  const left = items.filter(({ state }) => state === 'open').length;
  const heard =
    campaign.review.challengeDays === 0
      ? 'what is revoked ends at once, its live sessions within a second.'
      : `people are told of what is revoked and may answer for ${String(campaign.review.challengeDays)} days; ${campaign.review.challengePrivileged ? 'then' : 'privileged access ends at once, the rest then'} it ends.`;
  const askToSign = (): void =>
    void confirm({
      title: 'Sign your decisions?',
      text: `${String(decided.length - revoked)} kept, ${String(revoked)} revoked${left === 0 ? '' : `; ${String(left)} still to decide`}. Until now you can undo; after signing, ${heard}`,
      action: 'Sign',
      danger: revoked > 0,
    }).then((answer) => (answer === undefined ? undefined : sign.mutate(undefined)));
  useActions(
    decided.length === 0
      ? []
      : [{ id: 'review.sign', label: 'Sign my decisions', group: 'This page', keys: 'shift+s', run: askToSign }],
  );
  return (
    <>
      {can(me, 'campaign.read_holds') ? (
        <Link to="/campaigns/$id/reviewers" params={{ id: campaign.id }}>
          Reviewers
        </Link>
      ) : null}
      {can(me, 'campaign.close') ? (
        <Button
          variant="default"
          onClick={() =>
            void confirm({
              title: 'Close this certification?',
              text:
                campaign.noResponse === 'revoke'
                  ? 'What nobody signed ends: that is what this certification says of silence, which is never an approval.'
                  : 'What nobody signed becomes unanswered, which is never an approval. The access stays as it is.',
              action: 'Close',
              danger: true,
            }).then((answer) => (answer === undefined ? undefined : close.mutate(undefined)))
          }
        >
          Close…
        </Button>
      ) : null}
      <Button
        disabled={decided.length === 0}
        loading={sign.isPending}
        rightSection={<Keys of="shift+s" />}
        onClick={askToSign}
      >
        Sign{decided.length === 0 ? '' : ` ${String(decided.length)}`}…
      </Button>
    </>
  );
};
