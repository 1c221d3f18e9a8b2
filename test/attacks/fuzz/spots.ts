import type { z } from 'zod';
import { shapeOf, valueOf, type Shape } from '../smallest-input.ts';

/** One step into a shape: a field, an element of an array, a value of a record, or one way of several. */
type Step =
  | { readonly field: string }
  | { readonly element: true }
  | { readonly value: true }
  | { readonly way: number };

/** A place in the input of an operation where a value can be put. */
export interface Spot {
  readonly steps: readonly Step[];
  readonly shape: Shape;
}

/** Places of one shape in one part of an input that are tried; the rest of twenty columns is more of the same. */
const ALIKE = 2;

/** Every place in an input, the whole of it first, those within optional parts too. */
export function spotsOf(input: z.ZodObject): readonly Spot[] {
  const met = new Map<string, number>();
  return [...within(shapeOf(input), [])].filter(({ steps, shape }) => {
    const depth = steps.filter((step) => 'field' in step).length;
    const alike = JSON.stringify([steps.slice(0, -1).map((s) => ('field' in s && depth > 1 ? '' : s)), shape]);
    const before = met.get(alike) ?? 0;
    met.set(alike, before + 1);
    return depth < 2 || before < ALIKE;
  });
}

function* within(shape: Shape, steps: readonly Step[]): Generator<Spot> {
  yield { steps, shape };
  for (const [way, option] of (shape.anyOf ?? []).entries()) yield* within(option, [...steps, { way }]);
  for (const [field, inner] of Object.entries(shape.properties ?? {})) yield* within(inner, [...steps, { field }]);
  if (shape.items !== undefined) yield* within(shape.items, [...steps, { element: true }]);
  if (typeof shape.additionalProperties === 'object')
    yield* within(shape.additionalProperties, [...steps, { value: true }]);
}

/** A name of a record that fits whatever names its shape takes. */
const NAME = 'department';

/** The least input that has `given` in a spot. */
export const inputWith = (input: z.ZodObject, spot: Spot, given: unknown, later: Date): Record<string, unknown> =>
  put(shapeOf(input), spot.steps, given, later) as Record<string, unknown>;

function put(shape: Shape, [step, ...rest]: readonly Step[], given: unknown, later: Date): unknown {
  if (step === undefined) return given;
  if ('way' in step) return put(shape.anyOf?.[step.way] ?? {}, rest, given, later);
  if ('element' in step) {
    const others = Math.max(0, (shape.minItems ?? 0) - 1);
    return [
      put(shape.items ?? {}, rest, given, later),
      ...Array.from({ length: others }, () => valueOf(shape.items ?? {}, later)),
    ];
  }
  const least = valueOf({ ...shape, type: 'object' }, later) as Record<string, unknown>;
  const [name, inner] =
    'field' in step ? [step.field, shape.properties?.[step.field]] : [NAME, shape.additionalProperties];
  return { ...least, [name]: put(typeof inner === 'object' ? inner : {}, rest, given, later) };
}

/** Where a spot is, as a JSON pointer (RFC 6901). */
export const pointerOf = (spot: Spot): string =>
  spot.steps
    .flatMap((step) => ('field' in step ? [step.field] : 'element' in step ? ['0'] : 'value' in step ? [NAME] : []))
    .map((name) => `/${name}`)
    .join('');

/** The field of the operation that a spot is in. */
export const fieldOf = (spot: Spot): string => /^\/([^/]+)/.exec(pointerOf(spot))?.[1] ?? '';

/** True for a text whose form is not said: anything might be typed there. */
export const isText = ({ shape }: Spot): boolean =>
  shape.type === 'string' && shape.format === undefined && shape.enum === undefined && shape.const === undefined;
