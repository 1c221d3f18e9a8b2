/** One kind of filter a list understands. */
export interface Facet {
  readonly label: string;
  /** The values it can take; absent: anything. */
  readonly values?: readonly string[];
}
export type Facets = Readonly<Record<string, Facet>>;

export interface Parsed {
  /** Facet → value, for instance `{ state: 'active' }`. */
  readonly filters: Readonly<Record<string, string>>;
  /** What is left: words to search for. */
  readonly words: string;
  /** Tokens no list could understand, each with what to do. */
  readonly problems: readonly string[];
}

// A word, or key:value, where a value with spaces stands in double quotes.
const token = /(?:([\w-]+):)?(?:"([^"]*)"|(\S+))/g;

const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    row = next;
  }
  return row[b.length] ?? 0;
};
const nearest = (word: string, among: readonly string[]): string | undefined =>
  among
    .map((name) => ({ name, far: distance(word, name) }))
    .filter(({ far }) => far <= 2)
    .toSorted((a, b) => a.far - b.far)[0]?.name;

/** Reads `state:active department:"Real estate" lena`. Unknown keys and values are named, never silently dropped. */
export const parseTokens = (text: string, facets: Facets): Parsed => {
  const filters: Record<string, string> = {};
  const words: string[] = [];
  const problems: string[] = [];
  for (const [, key, quoted, bare] of text.matchAll(token)) {
    const value = quoted ?? bare ?? '';
    if (key === undefined) {
      words.push(value);
      continue;
    }
    const facet = facets[key];
    if (facet === undefined) {
      const near = nearest(key, Object.keys(facets));
      problems.push(
        `There is no filter “${key}”${near === undefined ? `; there are ${Object.keys(facets).join(', ')}` : `. Did you mean “${near}”?`}`,
      );
    } else if (facet.values !== undefined && !facet.values.includes(value)) {
      const near = nearest(value, facet.values);
      problems.push(
        `“${value}” is no ${facet.label.toLowerCase()}${near === undefined ? `; there are ${facet.values.join(', ')}` : `. Did you mean “${near}”?`}`,
      );
    } else filters[key] = value;
  }
  return { filters, words: words.join(' '), problems };
};

const written = (key: string, value: string): string => `${key}:${/\s/.test(value) ? `"${value}"` : value}`;

/** The text with one facet set to another value, or without it. */
export const withToken = (text: string, key: string, value: string | undefined): string => {
  const kept = [...text.matchAll(token)].filter(([, own]) => own !== key).map(([whole]) => whole);
  return [...kept, ...(value === undefined ? [] : [written(key, value)])].join(' ');
};

/** What to offer while somebody types: facets first, then the values of the one just begun. */
export const suggest = (text: string, facets: Facets): readonly { readonly text: string; readonly label: string }[] => {
  const last = /\S*$/.exec(text)?.[0] ?? '';
  const before = text.slice(0, text.length - last.length);
  const [key = '', value] = last.split(':');
  const facet = facets[key];
  if (value !== undefined && facet !== undefined)
    return (facet.values ?? [])
      .filter((each) => each.startsWith(value) && each !== value)
      .map((each) => ({
        text: `${before}${written(key, each)} `,
        label: `${facet.label}: ${each.replaceAll('_', ' ')}`,
      }));
  return Object.entries(facets)
    .filter(([name]) => name.startsWith(last))
    .map(([name, { label }]) => ({ text: `${before}${name}:`, label }));
};
