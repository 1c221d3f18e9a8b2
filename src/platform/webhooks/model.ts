/** How a receiver wants to be told: signed as Standard Webhooks say, or as a message in a chat. */
export const WEBHOOK_KINDS = ['standard', 'slack', 'mattermost', 'teams'] as const;
export type WebhookKind = (typeof WEBHOOK_KINDS)[number];

/** What a webhook subscribed to. */
export interface Subscription {
  readonly kinds: readonly string[];
  /** Only what is about these systems; null: about any. */
  readonly systemIds: readonly string[] | null;
  /** Only what is about systems these people own; adds to `systemIds`. */
  readonly ownerIds: readonly string[] | null;
}

export interface Webhook extends Subscription {
  readonly id: string;
  readonly name: string;
  readonly kind: WebhookKind;
  /** Where it is, as far as may be shown: a chat's URL is itself a secret. */
  readonly host: string;
  readonly version: number;
  readonly state: 'active' | 'paused' | 'removed';
  readonly because: string | null;
  readonly failures: number;
  readonly quietUntil: Date | null;
  readonly oldSecretUntil: Date | null;
  readonly madeAt: Date;
}

/** Whether a subscription's kind, which may end in `.*` or be `*`, means this type of event. */
export const means = (kind: string, type: string): boolean =>
  kind === '*' || kind === type || (kind.endsWith('.*') && type.startsWith(kind.slice(0, -1)));

const SECOND = 1000;
const HOUR = 3_600_000;
/** Waits between tries, as the Standard Webhooks specification advises; after the last there is none. */
const WAITS = [5 * SECOND, 300 * SECOND, HOUR / 2, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];

/** Whatever the number of tries: after this time there is none. */
export const GIVE_UP_AFTER_MS = 96 * HOUR;

/** How long to wait after so many tries that failed; undefined: that was the last. A receiver may ask for longer, not for ever. */
export const waitAfter = (tries: number, askedSeconds: number | undefined): number | undefined => {
  const wait = WAITS[tries - 1];
  return wait === undefined ? undefined : Math.max(wait, Math.min((askedSeconds ?? 0) * SECOND, 24 * HOUR));
};

/** How long nobody else waits for a receiver that did not answer so many times running. */
export const quietAfter = (failures: number): number => [0, 0, 10, 30, 120][failures] ?? 300;
