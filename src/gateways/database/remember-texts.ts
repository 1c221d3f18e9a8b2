const MOST_KEPT = 2_000;
const MOST_KEPT_CHARACTERS = 4 * 1024 * 1024;

/** The same reading of texts, with what was read lately remembered. */
export function rememberTexts<Found>(read: (text: string) => Found): (text: string) => Found {
  const kept = new Map<string, Found>();
  let keptCharacters = 0;
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) {
      kept.delete(text);
      kept.set(text, known);
      return known;
    }
    const found = read(text);
    kept.set(text, found);
    keptCharacters += text.length;
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT && keptCharacters <= MOST_KEPT_CHARACTERS) break;
      kept.delete(oldest);
      keptCharacters -= oldest.length;
    }
    return found;
  };
}
