import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { aboutMeQuery, objectTo } from '../../api/reviewing.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { utc } from '../../ui/show/time-ago.tsx';
import s from './campaigns.module.css';

/** Revocations of my access, or of what I answer for, that I may still answer; nothing where there are none. */
export const AboutMe = () => {
  const found = useQuery(aboutMeQuery());
  const object = useAct({
    run: ({ id, words }: { id: string; words: string }) => objectTo(id, words),
    stales: ['campaigns'],
    done: () => 'Your answer went to the reviewer',
  });
  const items = found.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section className={s['about']} aria-label="Access that is to be revoked">
      <strong>This is to be revoked. You may say why it should stay; without a word it ends.</strong>
      <ul className="plain">
        {items.map((item) => (
          <li key={item.id} className="spread">
            <span>
              {item.what}
              <span className="dim small">
                {' '}
                · {item.campaignName}
                {item.because === null ? '' : ` · ${item.because}`} · until {utc(item.answerBy)}
              </span>
            </span>
            {item.objection === null ? (
              <Button
                size="compact-xs"
                variant="default"
                aria-label={`Say why it should stay… ${item.what}`}
                onClick={() =>
                  void confirm({
                    title: `Why should ${item.what} stay?`,
                    text: 'The reviewer reads it and decides again.',
                    action: 'Send',
                    reason: 'required',
                  }).then((said) =>
                    said === undefined ? undefined : object.mutate({ id: item.id, words: said.reason }),
                  )
                }
              >
                Say why it should stay…
              </Button>
            ) : (
              <span className="dim small">You answered; the reviewer decides.</span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
};
