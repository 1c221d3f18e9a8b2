/** Groups of tables whose changes are marked (see `change_mark`): what is kept of one stands until one of its own changes. */
export const TOPICS = ['access', 'secrets', 'tokens'] as const;
export type Topic = (typeof TOPICS)[number];
