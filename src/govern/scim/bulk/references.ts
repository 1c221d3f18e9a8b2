import { AppError } from '#kit/errors/index.ts';
import { isObject, type Json } from '../schema/json.ts';
import type { BulkOperation } from './parse-bulk.ts';

const MARK = 'bulkId:';

/**
 * What operations of a bulk request call each other's resources. Every resource that is to be made gets its id
 * beforehand, so that two can name each other.
 */
export class References {
  readonly #ids: ReadonlyMap<string, string>;
  readonly #failed = new Set<string>();
  readonly #done = new Set<string>();
  /** Whether something was named before it was there. */
  forward = false;

  constructor(operations: readonly BulkOperation[], makeId: () => string) {
    this.#ids = new Map(
      operations.flatMap((o) =>
        o.method === 'POST' && o.bulkId !== undefined && o.problem === undefined ? [[o.bulkId, makeId()] as const] : [],
      ),
    );
  }

  idOf(bulkId: string): string | undefined {
    return this.#ids.get(bulkId);
  }

  done(bulkId: string): void {
    this.#done.add(bulkId);
  }

  fail(bulkId: string): void {
    this.#failed.add(bulkId);
  }

  failedIds(): string[] {
    return [...this.#failed].flatMap((bulkId) => this.#ids.get(bulkId) ?? []);
  }

  /** Puts ids in the place of references, anywhere in a value. Throws 409 for one that nothing is made under. */
  resolve(value: Json): Json {
    if (typeof value === 'string') return this.resolveText(value);
    if (Array.isArray(value)) return (value as readonly Json[]).map((v) => this.resolve(v));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, this.resolve(inner)]));
  }

  resolveText(text: string): string {
    if (!text.startsWith(MARK)) return text;
    const bulkId = text.slice(MARK.length);
    const id = this.#ids.get(bulkId);
    if (id === undefined || this.#failed.has(bulkId))
      throw new AppError({
        code: 'scim.bulk_reference',
        status: 409,
        detail: 'the operation refers to a bulkId under which nothing was made',
      });
    if (!this.#done.has(bulkId)) this.forward = true;
    return id;
  }
}
