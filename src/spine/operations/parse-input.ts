import { z } from 'zod';
import { AppError, type FieldProblem } from '#kit/errors/index.ts';
import { textProblem } from '#kit/http/index.ts';

/** Wrong fields an answer names; a million of them would make it larger than what was sent. */
const MOST_NAMED = 20;

/**
 * Parses an input strictly: a field nobody declared is refused, never dropped, and so is a text that no database
 * keeps as it was given. Throws 422 `input.invalid` naming the wrong fields at once (the first twenty), by JSON
 * pointer, and never repeating the value given.
 */
export function parseInput<I extends z.ZodObject>(schema: I, raw: unknown): z.output<I> {
  const unkept = first(MOST_NAMED, textsNobodyKeeps(raw, ''));
  if (unkept.length > 0) throw refused(unkept);
  const result = strict(schema).safeParse(raw ?? {});
  if (result.success) {
    const unknown = first(MOST_NAMED, fieldsNobodyDeclared(schema, raw ?? {}, ''));
    if (unknown.length === 0) return result.data as z.output<I>;
    throw refused(unknown);
  }
  const errors: FieldProblem[] = result.error.issues.slice(0, MOST_NAMED).flatMap((issue) => {
    const base = issue.path.reduce<string>((at, name) => step(at, String(name)), '');
    if (issue.code === 'unrecognized_keys')
      return issue.keys.slice(0, MOST_NAMED).map((key) => fieldUnknown(step(base, key), Object.keys(schema.shape)));
    return [{ pointer: base === '' ? '/' : base, detail: issue.message }];
  });
  throw refused(errors);
}

/** Made once an operation: a schema compiles itself when it first parses, which takes far longer than the parsing. */
const stricts = new WeakMap<z.ZodObject, z.ZodObject>();

function strict(schema: z.ZodObject): z.ZodObject {
  const known = stricts.get(schema) ?? schema.strict();
  stricts.set(schema, known);
  return known;
}

/** Looks no further than the answer will tell. */
function first<T>(most: number, found: Generator<T>): T[] {
  const kept: T[] = [];
  for (const one of found) {
    kept.push(one);
    if (kept.length >= most) break;
  }
  return kept;
}

const refused = (errors: readonly FieldProblem[]): AppError => {
  const [worst] = errors;
  return new AppError({
    code: 'input.invalid',
    status: 422,
    detail: worst === undefined ? 'the input is not valid' : `${worst.pointer.slice(1) || 'input'}: ${worst.detail}`,
    errors,
    fix: 'correct the fields named and send it again; nothing was changed',
  });
};

const fieldUnknown = (pointer: string, known: readonly string[]): FieldProblem => ({
  pointer,
  detail: 'is not a field of this operation',
  fix: `known fields: ${known.join(', ')}`,
});

/** One step of a JSON pointer (RFC 6901); a name longer than any of ours is cut, since the answer repeats it. */
const step = (at: string, name: string): string => `${at}/${short(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
const short = (name: string): string => (name.length > 100 ? `${name.slice(0, 100)}…` : name);

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

/** Names and texts within an input that would be stored altered or not at all, and the one name that is none in JavaScript. */
function* textsNobodyKeeps(value: unknown, at: string): Generator<FieldProblem> {
  if (typeof value === 'string') {
    const problem = textProblem(value);
    if (problem !== undefined) yield { pointer: at, detail: problem };
  } else if (Array.isArray(value)) {
    for (const [n, inner] of value.entries()) yield* textsNobodyKeeps(inner, step(at, String(n)));
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      const problem = name === '__proto__' ? 'is not a name' : textProblem(name);
      // A name that cannot be kept cannot be repeated in the answer either: its place is the object.
      if (problem !== undefined)
        yield { pointer: name === '__proto__' ? step(at, name) : at, detail: `a name in it ${problem}` };
      yield* textsNobodyKeeps(inner, step(at, name));
    }
  }
}
