import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sql, type Sql } from './index.ts';

const shape = ({ text, values }: Sql): { text: string; values: readonly unknown[] } => ({ text, values });

describe('the sql tag', () => {
  it('turns values into parameters, numbered from left to right', () => {
    expect(shape(sql`select ${1}, ${'a'} from t`)).toEqual({ text: 'select $1, $2 from t', values: [1, 'a'] });
  });
  it('splices fragments and numbers their values in place', () => {
    const where = sql`b = ${2} and c = ${3}`;
    expect(shape(sql`select ${1} where ${where} limit ${4}`)).toEqual({
      text: 'select $1 where b = $2 and c = $3 limit $4',
      values: [1, 2, 3, 4],
    });
  });
  it('joins fragments, none of them included', () => {
    expect(shape(sql`in (${sql.join([sql`${1}`, sql`${2}`], sql`, `)})`)).toEqual({
      text: 'in ($1, $2)',
      values: [1, 2],
    });
    expect(shape(sql`in (${sql.join([], sql`, `)})`)).toEqual({ text: 'in ()', values: [] });
  });
  it('splices a named statement as what it says', () => {
    const inner = sql.named('inner', sql`select ${1}`);
    expect(inner.name).toBe('inner');
    expect(shape(sql`with a as (${inner}) select ${2}`)).toEqual({
      text: 'with a as (select $1) select $2',
      values: [1, 2],
    });
  });
  it('says one id by equality and several as an array, under two names', () => {
    const about = (ids: readonly string[]): Sql =>
      sql.aboutIds('things', ids, (are) => sql`from t where ${are(sql`t.id`)}`);
    expect([about(['a']).name, shape(about(['a']))]).toEqual([
      'things:one',
      { text: 'from t where t.id = $1::uuid', values: ['a'] },
    ]);
    for (const ids of [[], ['a', 'b']])
      expect([about(ids).name, shape(about(ids))]).toEqual([
        'things',
        { text: 'from t where t.id = any($1::uuid[])', values: [`{${ids.map((id) => `"${id}"`).join(',')}}`] },
      ]);
  });
  it('never puts a value into the text, whatever the value', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(shape(sql`select ${a}, ${sql`lower(${b})`}`)).toEqual({ text: 'select $1, lower($2)', values: [a, b] });
      }),
    );
  });
  it('quotes identifiers so that none can end its own quotes', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const { text } = sql.id(name);
        expect(text.startsWith('"') && text.endsWith('"')).toBe(true);
        expect(text.slice(1, -1).replaceAll('""', '')).not.toContain('"');
      }),
    );
  });
});
