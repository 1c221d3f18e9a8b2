/** What a spreadsheet takes for a formula, and the sign that says it is none. */
const STARTS_A_FORMULA = /^[=+\-@\t\r']/u;

/**
 * One line of CSV (RFC 4180), line break included. A value a spreadsheet would run gets an apostrophe in front, as does
 * one that begins with an apostrophe; whoever reads the file takes off one, so that every value comes back as it was.
 */
export const csvRow = (values: readonly string[]): string => `${values.map(cell).join(',')}\r\n`;

function cell(value: string): string {
  const inert = STARTS_A_FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/u.test(inert) || inert !== inert.trim() ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** A value of a file `csvRow` wrote, as it was. */
export const plainCell = (value: string): string => (value.startsWith("'") ? value.slice(1) : value);
