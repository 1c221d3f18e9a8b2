import type { WebhookKind } from './model.ts';

/** What there is to tell of an event. */
export interface Told {
  readonly type: string;
  readonly at: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The page of the console that shows what an event is about, by the field that names it; the first that is there. */
const PAGES = [
  ['requestId', '/requests/'],
  ['campaignId', '/campaigns/'],
  ['systemId', '/systems/'],
  ['beneficiaryId', '/identities/'],
  ['identityId', '/identities/'],
] as const;
const ID = /^[0-9a-f-]{36}$/i;

const pageOf = (told: Told, publicUrl: string): string => {
  const root = publicUrl.replace(/\/+$/, '');
  for (const [field, path] of PAGES) {
    const id = told.data[field];
    if (typeof id === 'string' && ID.test(id)) return `${root}${path}${id}`;
  }
  return `${root}/`;
};

/** `request.step_opened` in words: `Request step opened`. */
const inWords = (type: string): string => {
  const words = type.replaceAll(/[._]/g, ' ');
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
};

/**
 * What is sent, as JSON. To a chat goes what happened and a link, never what somebody typed: nobody can be mentioned,
 * and nothing becomes a link of their making.
 */
export const composeMessage = (kind: WebhookKind, id: string, told: Told, publicUrl: string): string => {
  const link = pageOf(told, publicUrl);
  const text = `${inWords(told.type)}, ${told.at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  if (kind === 'standard')
    return JSON.stringify({ id, type: told.type, timestamp: told.at.toISOString(), data: told.data });
  if (kind === 'slack') return JSON.stringify({ text: `Reeve: ${text}\n<${link}|Look at it>` });
  if (kind === 'mattermost') return JSON.stringify({ username: 'Reeve', text: `${text}\n[Look at it](${link})` });
  return JSON.stringify({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [{ type: 'TextBlock', text: `Reeve: ${text}`, wrap: true }],
          actions: [{ type: 'Action.OpenUrl', title: 'Look at it', url: link }],
        },
      },
    ],
  });
};
