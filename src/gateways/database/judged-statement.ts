/** Says why a statement is refused; undefined: it may run. `raw` is what the target would read. */
export type Judge = (raw: Buffer, text: string) => string | undefined;

/** A prepared statement or portal as it goes on the record. */
export interface Prepared {
  readonly text: string;
  readonly hidesValues: boolean;
}

/** What is put on the record of a statement's text: without passwords, and whether its values may hold one. */
export type Hide = (text: string) => Prepared;
