/** A request as it is sent, and what came back. */
import type { RequestTemplate } from './description/parts.ts';
import { valueAt } from './values/pointer.ts';
import { fill, fillPath, plain, type Scope } from './values/template.ts';

/** A request ready to be sent; `path` begins behind the base path. */
export interface Ask {
  readonly method: RequestTemplate['call']['method'];
  readonly path: string;
  readonly body?: unknown;
}

/** An answer whose body was understood, or is none. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined where the body is no JSON. */
  readonly json: unknown;
}

/** What a request asks, filled from `scope`. */
export function asking(template: RequestTemplate, scope: Scope, more: Readonly<Record<string, string>> = {}): Ask {
  const query = new URLSearchParams(more);
  for (const [name, value] of Object.entries(template.query ?? {})) {
    const text = typeof value === 'object' ? plain(valueAt(scope, value.$from)) : String(value);
    if (text !== undefined) query.set(name, text);
  }
  const path = fillPath(template.call.path, scope);
  const behind = query.size > 0 ? `?${query.toString()}` : '';
  const body = template.body === undefined ? {} : { body: fill(template.body, scope) };
  return { method: template.call.method, path: `${path}${behind}`, ...body };
}
