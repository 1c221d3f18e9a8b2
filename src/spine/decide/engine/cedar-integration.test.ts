import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { CedarValueJson, EntityJson } from '@cedar-policy/cedar-wasm/nodejs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { schemaToJsonWithResolvedTypes, validate } from './cedar-wasm.ts';
import { askCedar, askReeve, readPolicies } from './reference/ask-cedar.ts';
import { explicitContext, explicitEntities } from './reference/explicit-entities.ts';

/** Cedar's hand-written integration tests. Third-party data, never copied here: it lies beside the repository. */
const data = path.join(
  process.env.REEVE_DATA ?? path.resolve(import.meta.dirname, '../../../../../shared/data'),
  'cedar',
);

const uid = z.object({ type: z.string(), id: z.string() });
const caseFile = z.object({
  policies: z.string(),
  entities: z.string(),
  schema: z.string(),
  shouldValidate: z.boolean(),
  requests: z.array(
    z.object({
      description: z.string(),
      principal: uid,
      action: uid,
      resource: uid,
      context: z.record(z.string(), z.unknown()),
      decision: z.enum(['allow', 'deny']),
      reason: z.array(z.string()),
      errors: z.array(z.string()),
    }),
  ),
});

const read = (file: string): string => readFileSync(path.join(data, file), 'utf8');

const files = existsSync(data)
  ? readdirSync(path.join(data, 'tests'), { recursive: true, encoding: 'utf8' })
      .filter((f) => f.endsWith('.json'))
      .sort()
  : [];

describe("Cedar's own integration tests", () => {
  it('are all here, or are skipped by name', ({ skip }) => {
    if (files.length === 0) {
      const reason = `SKIP Cedar's own integration tests: nothing in ${data}; set REEVE_DATA to the folder that holds cedar/`;
      console.log(reason);
      skip(reason);
    }
    expect(files.length).toBeGreaterThanOrEqual(21);
  });

  it.each(files)('%s is answered as Cedar says', (file) => {
    const test = caseFile.parse(JSON.parse(read(path.join('tests', file))));
    const text = read(test.policies);
    const schemaText = read(test.schema);
    const resolved = schemaToJsonWithResolvedTypes(schemaText);
    if (resolved.type === 'failure') throw new Error(resolved.errors.map((e) => e.message).join('; '));
    const schema = resolved.json;
    const entities = JSON.parse(read(test.entities)) as EntityJson[];

    const validation = validate({ schema: schemaText, policies: { staticPolicies: text } });
    expect(validation.type === 'success' && validation.validationErrors.length === 0).toBe(test.shouldValidate);

    const policies = readPolicies(text);
    const explicit = explicitEntities(entities, schema);
    const answers = test.requests.map(({ description, decision, reason, errors, context, ...uids }) => ({
      description,
      expected: { decision, reason: reason.sort(), errors: errors.sort() },
      reeve: askReeve(policies, explicit, { ...uids, context: explicitContext(context, uids.action, schema) }),
      // From Cedar as we ship it, with its schema: the case means what it says, not what we read into it.
      cedar: askCedar(text, entities, { ...uids, context: context as Record<string, CedarValueJson> }, schemaText),
    }));
    expect(answers.length).toBeGreaterThan(0);
    expect(answers).toEqual(answers.map((answer) => ({ ...answer, reeve: answer.expected, cedar: answer.expected })));
  });
});
