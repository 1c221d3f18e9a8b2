import { AppError } from '#kit/errors/index.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { HeldBecause } from '#govern/lifecycle/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { errorBody, refusal, scimErrorOf, type ScimError } from '../errors.ts';
import { etagOf, type Pusher } from '../model.ts';
import type { PushPermit } from '../resources/push-terms.ts';
import { pushAgain } from '../resources/write-user.ts';
import { writeResource, type Change } from '../resources/write-resource.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import type { ResourceKind } from '../schema/resource-kind.ts';
import { parseBulk, type Bulk, type BulkOperation } from './parse-bulk.ts';
import { References } from './references.ts';

const MASS: ReadonlySet<string> = new Set(['limit.created', 'limit.changed', 'limit.left']);

/** What a bulk request is carried out with. */
export interface BulkTerms {
  readonly base: string;
  /** Whether the token may write this kind. */
  readonly mayWrite: (kind: ResourceKind) => boolean;
}

/**
 * Carries out a bulk request (RFC 7644 §3.7): each operation succeeds or fails by itself, what one makes others may
 * name by its bulkId, also in circles. It counts as one against the limits: when all its operations together pass one,
 * none of that kind is applied, not even the first.
 */
export async function runBulk(
  ctx: Ctx,
  permit: PushPermit,
  by: Pusher,
  raw: unknown,
  terms: BulkTerms,
): Promise<JsonObject> {
  const bulk = parseBulk(raw);
  let over: readonly HeldBecause[] = [];
  for (;;) {
    await ctx.tx.run(sql`savepoint scim_bulk`);
    const run = new BulkRun(ctx, permit, by, bulk, terms, over);
    const answers = await run.all();
    if (run.passed.length === 0) {
      await ctx.tx.run(sql`release savepoint scim_bulk`);
      return { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkResponse'], Operations: answers };
    }
    await ctx.tx.run(sql`rollback to savepoint scim_bulk`);
    over = [...over, ...run.passed];
  }
}

/** One try at a bulk request, with what is known of the limits it passes. */
class BulkRun {
  readonly #ctx: Ctx;
  readonly #permit: PushPermit;
  readonly #by: Pusher;
  readonly #bulk: Bulk;
  readonly #terms: BulkTerms;
  readonly #over: readonly HeldBecause[];
  readonly #references: References;
  readonly #made: string[] = [];
  /** Limits found to be passed that were not known before: all is to be done again. */
  passed: readonly HeldBecause[] = [];

  constructor(ctx: Ctx, permit: PushPermit, by: Pusher, bulk: Bulk, terms: BulkTerms, over: readonly HeldBecause[]) {
    this.#ctx = ctx;
    this.#permit = permit;
    this.#by = by;
    this.#bulk = bulk;
    this.#terms = terms;
    this.#over = over;
    this.#references = new References(bulk.operations, () => newId(ctx.now.getTime()));
  }

  async all(): Promise<readonly Json[]> {
    const answers: Json[] = [];
    let failures = 0;
    for (const operation of this.#bulk.operations) {
      const answer = await this.#one(operation);
      if (this.passed.length > 0) return [];
      answers.push(answer.json);
      if (answer.failed) failures += 1;
      if (failures === this.#bulk.failOnErrors) break;
    }
    await this.#finish();
    return answers;
  }

  async #one(operation: BulkOperation): Promise<{ readonly json: Json; readonly failed: boolean }> {
    const { tx } = this.#ctx;
    await tx.run(sql`savepoint scim_operation`);
    try {
      const json = await this.#carryOut(operation);
      await tx.run(sql`release savepoint scim_operation`);
      return json;
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      await tx.run(sql`rollback to savepoint scim_operation`);
      return this.#failed(operation, scimErrorOf(error));
    }
  }

  #failed(operation: BulkOperation, error: ScimError): { readonly json: Json; readonly failed: boolean } {
    if (operation.bulkId !== undefined) this.#references.fail(operation.bulkId);
    const { kind, id } = operation;
    const location =
      kind === undefined || id === undefined ? {} : { location: `${this.#terms.base}${kind.endpoint}/${id}` };
    return {
      json: {
        ...this.#echo(operation),
        ...location,
        status: error.status,
        response: { ...error } as unknown as JsonObject,
      },
      failed: true,
    };
  }

  #echo({ method, methodGiven, bulkId }: BulkOperation): JsonObject {
    return { method: method ?? methodGiven, ...(bulkId === undefined ? {} : { bulkId }) };
  }

  async #carryOut(operation: BulkOperation): Promise<{ readonly json: Json; readonly failed: boolean }> {
    if (operation.problem !== undefined) throw operation.problem;
    const change = this.#changeOf(operation);
    if (!this.#terms.mayWrite(change.kind))
      throw new AppError({
        code: 'scim.out_of_scope',
        status: 403,
        detail: `this token may not write ${change.kind.name}s`,
      });
    const id =
      operation.bulkId === undefined || operation.method !== 'POST'
        ? undefined
        : this.#references.idOf(operation.bulkId);
    const written = await writeResource(this.#ctx, this.#permit, this.#by, change, { id, over: this.#over });
    if (written.held !== undefined) {
      const known = new Set(this.#over.map((h) => h.code));
      this.passed = written.held.because.filter((h) => MASS.has(h.code) && !known.has(h.code));
      return this.#failed(operation, errorBody(409, written.held.detail));
    }
    const { row } = written;
    if (operation.method === 'POST') this.#made.push(row.id);
    if (operation.bulkId !== undefined) this.#references.done(operation.bulkId);
    const json: JsonObject = {
      ...this.#echo(operation),
      location: `${this.#terms.base}${change.kind.endpoint}/${row.id}`,
      ...(operation.method === 'DELETE' ? {} : { version: etagOf(row.version) }),
      status: operation.method === 'POST' ? '201' : operation.method === 'PUT' ? '200' : '204',
    };
    return { json, failed: false };
  }

  #changeOf({ method, kind, id, data, version }: BulkOperation): Change {
    if (kind === undefined || method === undefined)
      throw refusal('invalidSyntax', 'an operation needs a method and a path');
    const condition = { ifMatch: version };
    const resolved = this.#references.resolve(data ?? null);
    if (method === 'POST') return { method, kind, condition, data: resolved };
    const at = this.#references.resolveText(id ?? '');
    return method === 'DELETE'
      ? { method, kind, condition, id: at }
      : { method, kind, condition, id: at, data: resolved };
  }

  /** What was named before it was there is known to others only now; what was named and never came is nobody's member. */
  async #finish(): Promise<void> {
    const { tx } = this.#ctx;
    const failed = this.#references.failedIds();
    if (failed.length > 0)
      await tx.run(sql`
        delete from scim_member m using scim_resource g
         where g.id = m.group_id and g.source_id = ${this.#by.source.id} and m.value = any(${failed}::text[])`);
    if (!this.#references.forward || this.#made.length === 0) return;
    const dependents = await tx.many<{ id: string }>(sql`
      select r.id from scim_resource r
       where r.source_id = ${this.#by.source.id} and r.type = 'User' and r.deleted_at is null
         and (r.id = any(${this.#made}::uuid[])
              or r.folded #>> '{urn:ietf:params:scim:schemas:extension:enterprise:2.0:User,manager,value}' = any(${this.#made}::text[]))`);
    await pushAgain(
      this.#ctx,
      this.#permit,
      this.#by,
      dependents.map((d) => d.id),
      {},
    );
  }
}
