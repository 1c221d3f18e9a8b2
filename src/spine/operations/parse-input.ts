import type { z } from 'zod';
import { AppError, type FieldProblem } from '#kit/errors/index.ts';

/**
 * Parses an input strictly: a field nobody declared is refused, never dropped. Throws 422 `input.invalid`
 * naming every wrong field at once, by JSON pointer, and never repeating the value given.
 */
export function parseInput<I extends z.ZodObject>(schema: I, raw: unknown): z.output<I> {
  const result = schema.strict().safeParse(raw ?? {});
  if (result.success) return result.data as z.output<I>;
  const errors: FieldProblem[] = result.error.issues.flatMap((issue) => {
    const base = issue.path.map((p) => `/${String(p).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        pointer: `${base}/${key}`,
        detail: 'is not a field of this operation',
        fix: `known fields: ${Object.keys(schema.shape).join(', ')}`,
      }));
    }
    return [{ pointer: base === '' ? '/' : base, detail: issue.message }];
  });
  const first = errors[0];
  throw new AppError({
    code: 'input.invalid',
    status: 422,
    detail: first === undefined ? 'the input is not valid' : `${first.pointer.slice(1) || 'input'}: ${first.detail}`,
    errors,
    fix: 'correct the fields named and send it again; nothing was changed',
  });
}
