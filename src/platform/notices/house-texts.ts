import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import type { Text } from './render-mail.ts';

/** A text as a house has it. Without one it is the shipped text again. */
export interface TextVersion {
  readonly template: string;
  readonly number: number;
  readonly text: Text | null;
  readonly madeAt: Date;
  readonly madeBy: string;
}

interface Row extends Omit<TextVersion, 'text'> {
  readonly subject: string | null;
  readonly body: string | null;
}

const versionOf = ({ subject, body, ...row }: Row): TextVersion => ({
  ...row,
  text: subject === null || body === null ? null : { subject, body },
});

const columns = sql`v.template, v.number, v.subject, v.body, v.made_at, v.made_by`;

/** The highest version of each text a house has changed, by template. */
export const houseTexts = async (db: Queryable): Promise<ReadonlyMap<string, TextVersion>> => {
  const rows = await db.many<Row>(
    sql`select distinct on (v.template) ${columns} from mail_template_version v order by v.template, v.number desc`,
  );
  return new Map(rows.map((row) => [row.template, versionOf(row)]));
};

/** All versions of a text, newest first. */
export const versionsOf = async (db: Queryable, template: string): Promise<TextVersion[]> => {
  const rows = await db.many<Row>(
    sql`select ${columns} from mail_template_version v where v.template = ${template} order by v.number desc limit 1000`,
  );
  return rows.map(versionOf);
};

/** Adds a version after `number`; false where there is one already. */
export const addVersion = async (
  tx: Tx,
  version: { readonly template: string; readonly number: number; readonly text: Text | null; readonly by: string },
): Promise<boolean> =>
  (await tx.run(sql`
    insert into mail_template_version (template, number, subject, body, made_at, made_by)
    values (${version.template}, ${version.number}, ${version.text?.subject ?? null}, ${version.text?.body ?? null}, ${tx.now}, ${version.by})
    on conflict do nothing`)) === 1;
