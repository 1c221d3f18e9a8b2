import { mac } from '#kit/crypto/index.ts';

/** Of one text so many words are found by; of longer words so much. */
const MOST_WORDS = 400;
const LONGEST = 64;
const WORD = /[\p{L}\p{N}_]{2,}/gu;

/** The words of a text, each once, in small letters: what stands between anything else than letters, digits and `_`. */
export const wordsOf = (text: string): readonly string[] => {
  const words = new Set<string>();
  for (const [word] of text.toLowerCase().matchAll(WORD)) {
    words.add(word.slice(0, LONGEST));
    if (words.size >= MOST_WORDS) break;
  }
  return [...words];
};

/**
 * What a text is found by: a keyed digest of each word, sorted, so that neither the words nor their order can be read
 * without the key.
 */
export const searchTokens = (key: Buffer, text: string): readonly string[] =>
  wordsOf(text)
    .map((word) => mac(key, word).readBigInt64BE(0))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map(String);

/** The purpose of the key; stays the same through every change of the root key, so that what is there is found. */
export const SEARCH_KEY = 'session search';
