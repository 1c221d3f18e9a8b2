import { Button } from '@mantine/core';
import { decideTogether } from '../../api/campaigns.ts';
import type { CampaignItem } from '../../api/shapes/campaigns.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { useActions } from '../../ui/keyboard/actions.ts';
import { Keys } from '../../ui/keyboard/keys-shown.tsx';
import { previewOf } from './campaign-words.ts';
import s from './campaigns.module.css';

interface UnchangedGroupProps {
  readonly campaignId: string;
  /** Those loaded that are unchanged and to decide. */
  readonly items: readonly CampaignItem[];
  readonly more: boolean;
  readonly shown: boolean;
  readonly onShow: (shown: boolean) => void;
}

/** What has not changed since it was last kept: one line with its rule, to open or to keep whole. */
export const UnchangedGroup = ({ campaignId, items, more, shown, onShow }: UnchangedGroupProps) => {
  const keep = useAct({
    run: () => decideTogether(campaignId, { decision: 'keep', unchanged: true }),
    stales: ['campaigns'],
    done: ({ decided }) => `${String(decided)} unchanged kept; undo until you sign`,
  });
  const ask = (): void =>
    void confirm({
      title: 'Keep what has not changed?',
      text: `${previewOf(items)}${more ? ' There are more than are loaded here.' : ''} All of yours where grant, use, person and conflicts of duties are as they were when it was last kept. You can undo until you sign.`,
      action: 'Keep unchanged',
    }).then((answer) => (answer === undefined ? undefined : keep.mutate(undefined)));
  useActions(
    items.length === 0
      ? []
      : [
          {
            id: 'review.keep_unchanged',
            label: 'Keep what is unchanged',
            group: 'This page',
            keys: 'shift+a',
            run: ask,
          },
          {
            id: 'review.show_unchanged',
            label: shown ? 'Fold what is unchanged' : 'Show what is unchanged',
            group: 'This page',
            keys: 'shift+g',
            run: () => onShow(!shown),
          },
        ],
  );
  if (items.length === 0) return null;
  return (
    <section className={s['unchanged']} aria-label="Unchanged since last kept">
      <span>
        <strong>
          {items.length}
          {more ? '+' : ''} unchanged
        </strong>{' '}
        since last kept: same grant, use, person and duties.
      </span>
      <Button
        variant="default"
        size="compact-xs"
        aria-expanded={shown}
        rightSection={<Keys of="shift+g" />}
        onClick={() => onShow(!shown)}
      >
        {shown ? 'Fold' : 'Show'}
      </Button>
      <Button size="compact-xs" loading={keep.isPending} rightSection={<Keys of="shift+a" />} onClick={ask}>
        Keep all of them…
      </Button>
    </section>
  );
};
