/**
 * Rows with their columns aligned: the first and the last to the left, what is between them, numbers, to the right.
 * A row of one cell, a heading, may be longer than its column.
 */
export function textTable(rows: readonly (readonly string[])[], indent = '  '): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...rows.map((row) => (row.length > 1 ? (row[column]?.length ?? 0) : 0))),
  );
  return rows.map((row) =>
    `${indent}${row
      .map((cell, column) => {
        const width = widths[column] as number;
        return column === 0 || column === columns - 1 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')}`.trimEnd(),
  );
}

/** A count as a person reads it. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
