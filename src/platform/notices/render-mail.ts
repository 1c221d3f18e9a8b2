import { TEMPLATES, type Facts, type Template } from './templates.ts';

/** Control characters, halves of characters, and those that turn the direction of text around. */
const INVISIBLE = /[\p{Cc}\p{Cs}\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu;

/** One line without anything that could start another header, hide text, or be followed as a link. */
const oneLine = (text: string): string =>
  [...unlinked(text.replaceAll(/\s+/gu, ' ').replaceAll(INVISIBLE, '')).trim()].slice(0, 200).join('');

/**
 * What somebody typed must not become a link beside the one to the console: whoever asks could otherwise send an
 * approver anywhere under Reeve's name.
 */
const unlinked = (text: string): string =>
  text
    .replaceAll(':/', ': /')
    .replaceAll(/\b(www|ftp|mailto)(?=[.:])/gi, '$1 ')
    .replaceAll(/\b(javascript|data):/gi, '$1 :');

const quoted = (text: string): string =>
  text
    .slice(0, 4000)
    .split(/\r\n|\r|\n/)
    .slice(0, 40)
    .map((line) => `  > ${unlinked(line.replaceAll('\t', ' ').replaceAll(INVISIBLE, ''))}`)
    .join('\n');

/** A variable of a text: `{name}` is one line, `{>name}` a quotation of as many as there are. */
export const VARIABLE = /\{(>?)([a-zA-Z]+)\}/g;

const fill = (line: string, facts: Facts): string | undefined => {
  const names = [...line.matchAll(VARIABLE)].map((m) => m[2] ?? '');
  if (names.length > 0 && names.every((name) => facts[name] === undefined)) return undefined;
  return line.replaceAll(VARIABLE, (_, quote: string, name: string) =>
    quote === '>' ? quoted(facts[name] ?? '') : oneLine(facts[name] ?? '?'),
  );
};

/** What a mail says, with its variables. The line that is `{link}` alone becomes the link. */
export interface Text {
  readonly subject: string;
  readonly body: string;
}

/** A shipped text as a house may change it. */
export const shippedText = ({ subject, lines, act }: Template): Text => ({
  subject,
  body: [...lines, '', `${act}:`, LINK].join('\n'),
});

/** Where the link of a mail stands. */
export const LINK = '{link}';

/** A mail ready to send. */
export interface Rendered {
  readonly subject: string;
  readonly text: string;
}

/** Where a mail leads. */
export interface Link {
  readonly publicUrl: string;
  readonly path: string;
  readonly token?: string;
}

const PATH = /^\/[a-z0-9/_-]*$/i;

/** The URL of a page of the console; undefined where `path` is none. */
export const urlOf = ({ publicUrl, path, token }: Link): string | undefined => {
  if (!PATH.test(path) || path.startsWith('//')) return undefined;
  if (token !== undefined && !/^[A-Za-z0-9._-]+$/.test(token)) return undefined;
  // After the #, so that it reaches no log of a server and no program that only fetches the page.
  return `${publicUrl.replace(/\/+$/, '')}${path}${token === undefined ? '' : `#token=${token}`}`;
};

/** The subject of a mail, without the name of who sends it. */
export const subjectOf = (text: Text, facts: Facts): string => fill(text.subject, facts) ?? text.subject;

/** A subject as it goes out: one line, whatever it is made of. */
export const subjectLine = (subject: string): string => oneLine(`[Reeve] ${subject}`);

/** What every mail ends with. */
export const FOOTER = ['', 'Reeve sends this mail by itself; answers reach nobody.', ''];

/**
 * The mail of one template: plain text, one link, to a page of the console where one signs in first. Undefined when
 * there is no template of that name or `path` is no page of the console. `house` stands in for the shipped text.
 */
export const renderMail = (template: string, facts: Facts, link: Link, house?: Text): Rendered | undefined => {
  const shipped = TEMPLATES.get(template);
  const url = urlOf(link);
  if (shipped === undefined || url === undefined) return undefined;
  const text = house ?? shippedText(shipped);
  const own = link.token === undefined ? [] : ['This link is yours alone and works once. Do not pass it on.'];
  const body = text.body
    .split('\n')
    .flatMap((line) => (line.trim() === LINK ? [url, ...own] : (fill(line, facts) ?? [])));
  return { subject: subjectLine(subjectOf(text, facts)), text: [...body, ...FOOTER].join('\n') };
};
