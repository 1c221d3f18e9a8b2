import { decideItem, decideTogether } from '../../api/campaigns.ts';
import { settleObjection } from '../../api/reviewing.ts';
import type { CampaignItem } from '../../api/shapes/campaigns.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import type { Command } from '../../ui/table/column.ts';
import { liveSessions, nameOfItem, needsReason, previewOf } from './campaign-words.ts';

interface Decision {
  readonly items: readonly CampaignItem[];
  readonly decision: 'keep' | 'revoke' | 'undo';
  readonly comment?: string;
}

const headOf = (verb: string, items: readonly CampaignItem[]): string =>
  items.length === 1 && items[0] !== undefined
    ? `${verb} ${nameOfItem(items[0])}?`
    : `${verb} ${String(items.length)} items?`;
const preview = (items: readonly CampaignItem[]): string => (items.length === 1 ? '' : `${previewOf(items)} `);

/** What a reviewer can do to items, by key: keep, revoke, undo, give on, answer an objection. */
export const useReviewCommands = (asked: {
  readonly campaignId: string;
  readonly mine: (item: CampaignItem) => boolean;
  readonly mayGive: (item: CampaignItem) => boolean;
  readonly giveOn: (items: readonly CampaignItem[]) => void;
  readonly me: string;
}): readonly Command<CampaignItem>[] => {
  const { campaignId, mine, mayGive, giveOn, me } = asked;
  const decide = useAct({
    run: ({ items, decision, comment }: Decision): Promise<unknown> => {
      const words = comment === undefined ? {} : { comment };
      const [only] = items;
      return items.length === 1 && only !== undefined
        ? decideItem(only.id, decision, comment)
        : decideTogether(campaignId, { decision, items: items.map((item) => item.id), ...words });
    },
    stales: ['campaigns'],
  });
  const settle = useAct({
    run: ({ id, outcome, because }: { id: string; outcome: 'uphold' | 'withdraw'; because: string }) =>
      settleObjection(id, outcome, because),
    stales: ['campaigns', 'grants'],
  });
  const answer = (items: readonly CampaignItem[], outcome: 'uphold' | 'withdraw'): void => {
    const [item] = items;
    if (item === undefined) return;
    void confirm({
      title: `${outcome === 'uphold' ? 'Stand by revoking' : 'Take back revoking'} ${nameOfItem(item)}?`,
      text: `They say: ${item.objection ?? ''}`,
      action: outcome === 'uphold' ? 'Stand by it' : 'Take it back',
      danger: outcome === 'uphold',
      reason: 'required',
    }).then((said) => (said === undefined ? undefined : settle.mutate({ id: item.id, outcome, because: said.reason })));
  };
  return [
    {
      id: 'keep',
      label: 'Keep',
      keys: 'shift+k',
      primary: true,
      bulk: true,
      when: (item) => mine(item) && item.state === 'open',
      run: (items) => {
        const reason = items.some(needsReason);
        if (!reason && items.length === 1) return decide.mutate({ items, decision: 'keep' });
        void confirm({
          title: headOf('Keep', items),
          text: `${preview(items)}${
            reason
              ? items.length === 1
                ? 'It is privileged, or no use of it was recorded. Say why it is right.'
                : 'Some are privileged, or no use of them was recorded. Say why they are right.'
              : 'You can undo until you sign.'
          }`,
          action: 'Keep',
          ...(reason ? { reason: 'required' as const } : {}),
        }).then((said) =>
          said === undefined
            ? undefined
            : decide.mutate({ items, decision: 'keep', ...(said.reason === '' ? {} : { comment: said.reason }) }),
        );
      },
    },
    {
      id: 'revoke',
      label: 'Revoke…',
      keys: 'r',
      danger: true,
      bulk: true,
      when: (item) => mine(item) && item.state === 'open',
      run: (items) => {
        const live = items.reduce((sum, item) => sum + liveSessions(item), 0);
        void confirm({
          title: headOf('Revoke', items),
          text: `${preview(items)}It ends when you sign, is withdrawn on the target and read back.${live === 0 ? '' : ` ${String(live)} live ${live === 1 ? 'session ends' : 'sessions end'} then within a second.`}`,
          action: 'Revoke',
          danger: true,
          reason: 'required',
        }).then((said) =>
          said === undefined ? undefined : decide.mutate({ items, decision: 'revoke', comment: said.reason }),
        );
      },
    },
    {
      id: 'undo',
      label: 'Undo',
      keys: 'u',
      bulk: true,
      when: (item) => mine(item) && item.state === 'decided',
      run: (items) => decide.mutate({ items, decision: 'undo' }),
    },
    {
      id: 'give',
      label: 'Give on…',
      keys: 'm',
      bulk: true,
      when: (item) => mayGive(item) && (item.state === 'open' || item.state === 'decided'),
      run: giveOn,
    },
    {
      id: 'withdraw',
      label: 'Take it back…',
      keys: 'shift+w',
      when: (item) => item.state === 'challenged' && item.objection !== null && item.reviewerId === me,
      run: (items) => answer(items, 'withdraw'),
    },
    {
      id: 'uphold',
      label: 'Stand by it…',
      keys: 'shift+y',
      danger: true,
      when: (item) => item.state === 'challenged' && item.objection !== null && item.reviewerId === me,
      run: (items) => answer(items, 'uphold'),
    },
  ];
};
