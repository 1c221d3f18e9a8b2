import { versionMismatch } from '../errors.ts';
import { etagOf, type ResourceRow } from '../model.ts';

/** What If-Match or a bulk operation's `version` asks of a resource: one of these tags, or any version at all. */
export interface Condition {
  readonly ifMatch?: string | undefined;
}

/** Whether a header such as `W/"3", W/"4"` or `*` names a version. Weak and strong tags are compared alike, because Reeve's are all weak (RFC 7644 §3.14). */
export function namesVersion(header: string, version: number): boolean {
  const bare = (tag: string): string => tag.trim().replace(/^W\//i, '');
  return header.trim() === '*' || header.split(',').some((tag) => bare(tag) === bare(etagOf(version)));
}

/** Throws 412 where the condition is not met. */
export function requireVersion(row: Pick<ResourceRow, 'version'>, { ifMatch }: Condition): void {
  if (ifMatch !== undefined && !namesVersion(ifMatch, row.version)) throw versionMismatch();
}
