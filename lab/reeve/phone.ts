import { setTimeout as sleep } from 'node:timers/promises';
import { TOTP } from 'otpauth';

const STEP_S = 30;

/** Somebody's authenticator app. */
export interface Phone {
  /** A code that was not given yet. Each works once, so it waits, for up to 30 s, until there is another. */
  freshCode(): Promise<string>;
}

/** The app that holds a one-time code's secret, base32. What enrolling took counts as given. */
export function phoneOf(secret: string): Phone {
  const totp = new TOTP({ secret, period: STEP_S, digits: 6 });
  const step = (): number => Math.floor(Date.now() / 1000 / STEP_S);
  let given = step();
  return {
    async freshCode() {
      // One step ahead of the clock is still taken, which spares most of the waiting.
      while (given >= step() + 1) await sleep(200);
      given = Math.max(given + 1, step());
      return totp.generate({ timestamp: given * STEP_S * 1000 });
    },
  };
}
