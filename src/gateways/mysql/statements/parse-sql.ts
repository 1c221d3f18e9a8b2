import { init, parse } from '@guanmingchiu/sqlparser-ts';

/** A node of a parse tree. */
export type Node = Readonly<Record<string, unknown>>;
export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const nodeOf = (value: unknown): Node => (isNode(value) ? value : {});
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
export const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** What the parser says of text that is no SQL to it, or has no words in it. Anything else is a fault of its own. */
const SAYS_NO = /^sql parser error|^recursion limit| at Line: \d+, Column: \d+$/;

let faulty = false;
const told: (() => void)[] = [];

/** Loads the parser, which is WebAssembly. `failed` is told once should it fail for good. */
export async function loadParser(failed?: () => void): Promise<void> {
  if (failed !== undefined) told.push(failed);
  await init();
}

/**
 * The statements of a text as trees; undefined where it is no SQL to the parser. A parser that failed in another way has
 * lost its memory and takes nothing any more: what depends on it is refused until the process is started again.
 */
export function parseSql(text: string): readonly Node[] | undefined {
  if (faulty) return undefined;
  try {
    return (parse(text, 'mysql') as unknown[]).map(nodeOf);
  } catch (error) {
    if (!SAYS_NO.test(error instanceof Error ? error.message : String(error))) {
      faulty = true;
      for (const tell of told.splice(0)) tell();
    }
    return undefined;
  }
}

/** The parts of a name, `["schema", "table"]`; undefined where this is no name. */
export function nameOf(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const parts = (value as unknown[]).map((part) => textIn(nodeOf(nodeOf(part)['Identifier'])['value']));
  return parts.every((part) => part !== undefined) ? parts : undefined;
}
