import { invalid } from '#kit/errors/index.ts';
import { partOf, type ReadIn } from './model.ts';

/** Reads the values of a KV store as one JSON object: paths, each with its object of names and values. */
export function readKvExport(bytes: Buffer): readonly ReadIn[] {
  let read: unknown;
  try {
    read = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw invalid('/content', 'is no JSON', 'give an object of paths, each with its object of names and values');
  }
  if (!isObject(read))
    throw invalid('/content', 'is no object', 'give an object of paths, each with its object of names and values');
  return Object.entries(read).map(([path, data]): ReadIn => {
    const name = path.split('/').map(partOf).filter(Boolean).join('/');
    if (name === '') return { at: path, problem: 'is no path' };
    if (!isObject(data)) return { at: path, problem: 'is no object of names and values' };
    return { at: path, name, kind: 'key_value', value: JSON.stringify(data) };
  });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
