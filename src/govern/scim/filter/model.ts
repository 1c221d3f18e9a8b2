import type { ScimType } from '../errors.ts';

/** How two values are compared (RFC 7644 §3.4.2.2). */
export type Comparison = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';
export type Literal = string | number | boolean | null;

/** A filter as it is written; names are not looked up yet. */
export type Filter =
  | { readonly op: 'and'; readonly parts: readonly Filter[] }
  | { readonly op: 'or'; readonly parts: readonly Filter[] }
  | { readonly op: 'not'; readonly part: Filter }
  | { readonly op: 'has'; readonly path: string; readonly where: Filter }
  | { readonly op: 'pr'; readonly path: string }
  | { readonly op: 'compare'; readonly path: string; readonly how: Comparison; readonly value: Literal };

/** Where a filter stands decides what is taken: a query may write texts without quotes, which Entra ID's validator does. */
export interface Dialect {
  readonly bareWords: boolean;
  readonly refuses: Extract<ScimType, 'invalidFilter' | 'invalidPath'>;
}
