/** Where a line and a column, both from 1, stand in a text; in UTF-16 units. */
export function placeOf(text: string, line: number, column: number): number {
  const lines = text.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  const signs = [...(lines[line - 1] ?? "")].slice(0, column - 1);
  return Math.min(text.length, before + signs.join("").length);
}
