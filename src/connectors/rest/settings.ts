import { z } from 'zod';
import { TargetError, type Target } from '../port.ts';
import { readDescription } from './description/read-description.ts';
import type { Description } from './description/schema.ts';

/** Settings of a described service. Unknown keys are refused. */
export const restSettings = z.strictObject({
  /** YAML that says what the service's API is like: docs/reference/rest-descriptions.md. Without it only pins can be looked at. */
  description: z
    .string()
    .max(100_000)
    .superRefine((text, context) => {
      const read = readDescription(text);
      if ('problems' in read)
        for (const { path, message } of read.problems) context.addIssue({ code: 'custom', path: [...path], message });
    })
    .optional(),
  /** Longest time to wait for an answer, in seconds. */
  timeoutSeconds: z.int().min(1).max(300).default(30),
  /** Longest time to wait for connection and TLS, in seconds. */
  connectSeconds: z.int().min(1).max(60).default(10),
  /** Longest time one call waits in all where the service asks to come again later (429, Retry-After), in seconds. */
  waitSeconds: z.int().min(0).max(300).default(30),
  /** Most pages of one list; more is an error. */
  maxPages: z.int().min(1).max(100_000).default(10_000),
  /** Largest answer, in megabytes. */
  maxMegabytes: z.int().min(1).max(512).default(32),
});

export type RestSettings = z.infer<typeof restSettings>;

/** Problems that are told at once. */
const TOLD = 5;

/** The target's settings with defaults; TargetError `unsupported` naming what is wrong. */
export function settingsOf(target: Target): RestSettings {
  const parsed = restSettings.safeParse(target.settings);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const told = issues.slice(0, TOLD).map(({ path, message }) => {
    const where = path.length > 0 ? `\`${path.map(String).join('.')}\`: ` : '';
    return `${where}${message}`;
  });
  const more = issues.length > TOLD ? `; and ${issues.length - TOLD} more` : '';
  const line = `${told.join('; ')}${more}`.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
  throw new TargetError('unsupported', `settings of this rest target are wrong: ${line}`);
}

/** The description of a target; TargetError `unsupported` where it has none. */
export function descriptionOf({ description }: RestSettings): Description {
  const read = description === undefined ? undefined : readDescription(description);
  if (read !== undefined && 'description' in read) return read.description;
  const how = 'put one into the setting `description`, as docs/how-to/describe-a-rest-api.md shows';
  throw new TargetError('unsupported', `this system has no description of its API; ${how}`);
}
