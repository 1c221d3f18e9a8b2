import { z } from 'zod';
import { newId } from '#kit/ids/index.ts';

/** A shape of JSON Schema, as far as inputs of operations use it. */
export interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Shape[];
  /** What a text has to fit besides. */
  readonly allOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly additionalProperties?: Shape | boolean;
  readonly propertyNames?: Shape;
  readonly minItems?: number;
  readonly minProperties?: number;
  readonly minimum?: number;
  readonly minLength?: number;
  readonly format?: string;
  readonly pattern?: string;
}

/** Texts with a form of their own: tried in turn until one fits a field's pattern. */
const TEXTS = [
  'some text',
  'text',
  'me.read',
  'a/b',
  'field',
  '1',
  '1h',
  'me@example.com',
  '22:30',
  'role:quiet',
  'quiet_',
];

/** The least an operation takes: every required field, with a value that fits; nothing optional. */
export function smallestInput(input: z.ZodObject, now: Date): Record<string, unknown> {
  return valueOf(shapeOf(input), new Date(now.getTime() + 86_400_000)) as Record<string, unknown>;
}

/** Made once a schema: an input is built from its shape thousands of times. */
const shapes = new WeakMap<z.ZodObject, Shape>();

export function shapeOf(input: z.ZodObject): Shape {
  const shape = shapes.get(input) ?? (z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as Shape);
  shapes.set(input, shape);
  return shape;
}

/** The least value of a shape; an instant in it is `later`. */
export function valueOf(shape: Shape, later: Date): unknown {
  if (shape.const !== undefined) return shape.const;
  if (shape.enum !== undefined) return shape.enum[0];
  if (shape.anyOf !== undefined) return valueOf(shape.anyOf[0] ?? {}, later);
  switch (shape.type) {
    case 'object':
      return Object.fromEntries([
        ...(shape.required ?? []).map((name) => [name, valueOf(shape.properties?.[name] ?? {}, later)] as const),
        ...Array.from(
          { length: shape.minProperties ?? 0 },
          (_, i) => [`name${i}`, valueOf(shape.additionalProperties as Shape, later)] as const,
        ),
      ]);
    case 'array':
      return Array.from({ length: shape.minItems ?? 0 }, () => valueOf(shape.items ?? {}, later));
    case 'integer':
    case 'number':
      return Math.max(1, shape.minimum ?? 1);
    case 'boolean':
      return false;
    case 'string':
      return textOf(shape, later);
    default:
      return {};
  }
}

function textOf(shape: Shape, later: Date): string {
  if (shape.format === 'uuid') return newId();
  if (shape.format === 'date-time') return later.toISOString();
  if (shape.format === 'date') return later.toISOString().slice(0, 10);
  const patterns = [shape, ...(shape.allOf ?? [])].flatMap((s) =>
    s.pattern === undefined ? [] : [new RegExp(s.pattern, 'u')],
  );
  const found = TEXTS.map((t) => t.padEnd(shape.minLength ?? 0, 'x')).find((t) => patterns.every((p) => p.test(t)));
  if (found === undefined) throw new Error(`no text fits ${patterns.join(' and ')}: add one to TEXTS`);
  return found;
}
