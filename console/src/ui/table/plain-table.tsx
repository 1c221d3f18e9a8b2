import type { Column } from './column.ts';
import s from './table.module.css';

interface PlainTableProps<T> {
  readonly label: string;
  readonly rows: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly rowId: (row: T) => string;
  readonly empty: string;
}

/** A short table to read, inside a page: no selection, no paging, real table semantics. */
export const PlainTable = <T,>({ label, rows, columns, rowId, empty }: PlainTableProps<T>) =>
  rows.length === 0 ? (
    <p className="dim">{empty}</p>
  ) : (
    <div className={s['plainWrap']} role="region" aria-label={label} tabIndex={0}>
      <table className={s['plain']}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.id} scope="col" data-right={column.right === true ? '' : undefined}>
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowId(row)}>
              {columns.map((column) =>
                column.title === true ? (
                  <th key={column.id} scope="row">
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.id} data-right={column.right === true ? '' : undefined}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
