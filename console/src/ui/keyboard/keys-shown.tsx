import { Kbd } from '@mantine/core';
import { shownKeys } from './keys.ts';
import s from './keyboard.module.css';

const mac = /mac|iphone|ipad/i.test(navigator.userAgent);

/** A shortcut as it is labelled on this machine's keyboard. */
export const Keys = ({ of }: { readonly of: string }) => (
  <span className={s['keys']}>
    {shownKeys(of, mac).map((key, i) => (
      <Kbd key={`${key}${String(i)}`} size="xs">
        {key}
      </Kbd>
    ))}
  </span>
);
