/** Something that is set: its name in small letters, and its value where that is plain. */
export type Setting = readonly [name: string, value: string | undefined];

/** What a text of SQL does; of several statements all that any of them does. */
export interface TextClass {
  /** Nothing is known of it: the parser takes it for no SQL, or it is too long or too deep to be read. */
  readonly unreadable: boolean;
  readonly writes: boolean;
  readonly ddl: boolean;
  /** Deletes or changes all rows there are. */
  readonly unbounded: boolean;
  /** Runs something that is not to be seen in it: a procedure, a file, a text. */
  readonly opaque: boolean;
  /** Tables it names, each as `schema.table`, or `table` where it names no schema; `?word` for a word that may be either. */
  readonly tables: readonly string[];
  readonly sets: readonly Setting[];
  /** Makes another database the current one. */
  readonly uses: boolean;
}
