import {
  FOOTER,
  shippedText,
  subjectLine,
  subjectOf,
  urlOf,
  type Link,
  type Rendered,
  type Text,
} from './render-mail.ts';
import { TEMPLATES, type Facts } from './templates.ts';

/** The template a digest has among mails. It has no text of its own. */
export const DIGEST = 'notices.digest';

/** One mail of a digest. */
export interface DigestLine {
  readonly template: string;
  readonly facts: Facts;
  readonly link: Link;
  readonly house: Text | undefined;
}

/** What several of a kind are called, after their number: one, and more. */
const CALLED: Readonly<Record<string, readonly [string, string]>> = {
  'approval.wanted': ['approval waits for you', 'approvals wait for you'],
  'request.approved': ['request was approved', 'requests were approved'],
  'request.denied': ['request was denied', 'requests were denied'],
  'request.expired': ['request expired', 'requests expired'],
  'request.commented': ['comment', 'comments'],
  'access.ends_soon': ['access ends soon', 'accesses end soon'],
  'review.given': ['review was given to you', 'reviews were given to you'],
  'review.stage_open': ['review waits for you', 'reviews wait for you'],
  'review.held_from_you': ['batch of your decisions is held', 'batches of your decisions are held'],
  'review.held_ends': ['held batch waits for you', 'held batches wait for you'],
  'renewal.wanted': ['renewal waits for you', 'renewals wait for you'],
  'handover.wanted': ['handover waits for you', 'handovers wait for you'],
  'feed.held': ['feed waits for you', 'feeds wait for you'],
  'reading.held': ['reading waits for you', 'readings wait for you'],
  'mover.review': ['person works for you now', 'people work for you now'],
};

const headOf = (template: string, count: number): string => {
  const [one, more] = CALLED[template] ?? [`notice (${template})`, `notices (${template})`];
  return `${count} ${count === 1 ? one : more}`;
};

/** Mails that were kept back, as one: kind by kind, each a line with its link. Undefined where none can be shown. */
export const renderDigest = (lines: readonly DigestLine[]): Rendered | undefined => {
  const kinds = new Map<string, string[]>();
  let own = false;
  for (const { template, facts, link, house } of lines) {
    const shipped = TEMPLATES.get(template);
    const url = urlOf(link);
    if (shipped === undefined || url === undefined) continue;
    own ||= link.token !== undefined;
    const said = subjectLine(subjectOf(house ?? shippedText(shipped), facts)).slice('[Reeve] '.length);
    kinds.set(template, [...(kinds.get(template) ?? []), `- ${said}\n  ${url}`]);
  }
  if (kinds.size === 0) return undefined;
  const heads = [...kinds].map(([template, of]) => headOf(template, of.length));
  const count = [...kinds.values()].flat().length;
  return {
    subject: subjectLine(heads.length === 1 ? (heads[0] ?? '') : `${count} notices for you`),
    text: [
      ...[...kinds.values()].flatMap((of, i) => [`${heads[i] ?? ''}:`, ...of, '']),
      ...(own ? ['Links of this mail are yours alone and work once. Do not pass them on.'] : []),
      ...FOOTER.slice(own ? 0 : 1),
    ].join('\n'),
  };
};
