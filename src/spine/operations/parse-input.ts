import { z } from 'zod';
import { AppError, type FieldProblem } from '#kit/errors/index.ts';

/**
 * Parses an input strictly: a field nobody declared is refused, never dropped. Throws 422 `input.invalid`
 * naming every wrong field at once, by JSON pointer, and never repeating the value given.
 */
export function parseInput<I extends z.ZodObject>(schema: I, raw: unknown): z.output<I> {
  const result = schema.strict().safeParse(raw ?? {});
  if (result.success) {
    const unknown = [...fieldsNobodyDeclared(schema, raw ?? {}, '')];
    if (unknown.length === 0) return result.data as z.output<I>;
    throw refused(unknown);
  }
  const errors: FieldProblem[] = result.error.issues.flatMap((issue) => {
    const base = issue.path.reduce<string>((at, name) => step(at, String(name)), '');
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => fieldUnknown(step(base, key), Object.keys(schema.shape)));
    return [{ pointer: base === '' ? '/' : base, detail: issue.message }];
  });
  throw refused(errors);
}

const refused = (errors: readonly FieldProblem[]): AppError => {
  const first = errors[0];
  return new AppError({
    code: 'input.invalid',
    status: 422,
    detail: first === undefined ? 'the input is not valid' : `${first.pointer.slice(1) || 'input'}: ${first.detail}`,
    errors,
    fix: 'correct the fields named and send it again; nothing was changed',
  });
};

const fieldUnknown = (pointer: string, known: readonly string[]): FieldProblem => ({
  pointer,
  detail: 'is not a field of this operation',
  fix: `known fields: ${known.join(', ')}`,
});

const step = (at: string, name: string): string => `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** Fields of objects within an input that its schema does not know and would drop without a word. `value` has been parsed. */
function* fieldsNobodyDeclared(schema: z.core.$ZodType, value: unknown, at: string): Generator<FieldProblem> {
  if (typeof value !== 'object' || value === null) return;
  const { def } = schema._zod as { readonly def: z.core.$ZodTypes['_zod']['def'] };
  if (def.type === 'object') {
    for (const [name, inner] of Object.entries(value)) {
      const field = Object.hasOwn(def.shape, name) ? def.shape[name] : undefined;
      if (field !== undefined) yield* fieldsNobodyDeclared(field, inner, step(at, name));
      else if (def.catchall === undefined || def.catchall._zod.def.type === 'never')
        yield fieldUnknown(step(at, name), Object.keys(def.shape));
    }
  } else if (def.type === 'array' && Array.isArray(value)) {
    for (const [n, inner] of value.entries()) yield* fieldsNobodyDeclared(def.element, inner, step(at, String(n)));
  } else if (def.type === 'record') {
    for (const [name, inner] of Object.entries(value))
      yield* fieldsNobodyDeclared(def.valueType, inner, step(at, name));
  } else if (def.type === 'union') {
    const taken = def.options.find((option) => z.safeParse(option, value).success);
    if (taken !== undefined) yield* fieldsNobodyDeclared(taken, value, at);
  } else if ('innerType' in def) yield* fieldsNobodyDeclared(def.innerType, value, at);
  else if (def.type === 'pipe') yield* fieldsNobodyDeclared(def.in, value, at);
}
