/** What a suggestion is made of. Nothing that is not here is in it. */
export interface Suggestible {
  readonly kind: string;
  readonly name: string;
  readonly systemName: string;
  /** What it implies, by names. */
  readonly children: readonly string[];
  /** What the target itself says of it, where it says something. */
  readonly nativeComment?: string | undefined;
}

const MOST_CHILDREN = 5;

/**
 * A description as far as it follows from what the target tells: its own comment, else what it implies. Null where
 * nothing follows: a name alone does not say what something is for, and a guess would be taken for knowledge.
 */
export function suggestDescription(of: Suggestible): string | null {
  const comment = of.nativeComment?.trim() ?? '';
  if (comment !== '') return comment.slice(0, 2000);
  if (of.children.length === 0) return null;
  const shown = of.children.slice(0, MOST_CHILDREN).join(', ');
  const more = of.children.length - MOST_CHILDREN;
  const rest = more > 0 ? ` and ${more} more` : '';
  return `${of.kind.charAt(0).toUpperCase()}${of.kind.slice(1).replaceAll('_', ' ')} ${of.name} on ${of.systemName}; whoever has it also has ${shown}${rest}.`;
}
