/** JSON Pointer (RFC 6901): where a value is in an answer. `` is all of it. */

/** Undefined where the text is a pointer; else what is wrong with it. */
export function pointerProblem(text: string): string | undefined {
  if (text !== '' && !text.startsWith('/')) return `is no JSON Pointer; write \`/${text}\``;
  return /~(?![01])/u.test(text) ? 'is no JSON Pointer: `~` is written `~0`' : undefined;
}

const stepsOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

/** The first name of a pointer, `` for the whole. */
export const rootOf = (pointer: string): string => stepsOf(pointer)[0] ?? '';

/** What is there; undefined where nothing is. Only what a document itself has is there, not what every object can. */
export function valueAt(document: unknown, pointer: string): unknown {
  let value = document;
  for (const step of stepsOf(pointer)) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) value = /^(?:0|[1-9]\d{0,8})$/u.test(step) ? (value[Number(step)] as unknown) : undefined;
    else value = Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined;
  }
  return value;
}
