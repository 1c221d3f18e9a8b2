import type { DataClass, Risk } from '#spine/graph/index.ts';

export const RISKS: readonly Risk[] = ['low', 'medium', 'high', 'critical'];
/** By the number they have in `catalogue_entry.facets`; 0 is unsaid. */
export const DATA_CLASSES = [
  'unclassified',
  'public',
  'internal',
  'confidential',
  'restricted',
] as const satisfies readonly (DataClass | 'unclassified')[];
export const USES = ['recent', 'long_ago', 'never', 'unknown'] as const;
/** Used within so many days is recent. */
export const RECENT_DAYS = 90;

export type Use = (typeof USES)[number];
export type Sort = 'relevance' | 'name' | 'risk' | 'holders' | 'last_used';

/** What a search is narrowed to; several of one kind mean any of them, of tags all. */
export interface CatalogueFilter {
  readonly text?: string | undefined;
  readonly systemIds?: readonly string[] | undefined;
  readonly risks?: readonly Risk[] | undefined;
  readonly dataClasses?: readonly (typeof DATA_CLASSES)[number][] | undefined;
  /** Tags and regulated labels. */
  readonly tags?: readonly string[] | undefined;
  readonly owned?: boolean | undefined;
  readonly described?: boolean | undefined;
  readonly requestable?: boolean | undefined;
  /** By itself or by anything it implies. */
  readonly privileged?: boolean | undefined;
  readonly uses?: readonly Use[] | undefined;
  readonly ownerId?: string | undefined;
}

/** How many entries have a value, among those that all else asked for leaves. */
export interface FacetCount {
  readonly value: string;
  readonly name: string;
  readonly n: number;
}
export const FACETS = [
  'system',
  'risk',
  'dataClass',
  'tag',
  'owned',
  'described',
  'requestable',
  'privileged',
  'used',
] as const;
export type Facet = (typeof FACETS)[number];
