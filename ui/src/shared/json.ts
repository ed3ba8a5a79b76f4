/**
 * JSON as it came, indented. Nothing is read as a number on the way: ids have up to
 * twenty digits, and a double would round them. What is not JSON stays as it is.
 */
export function indented(text: string): string {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  const out: string[] = [];
  let depth = 0;
  let before = "";
  const line = () => `\n${"  ".repeat(depth)}`;
  for (const token of text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? []) {
    const closing = token === "}" || token === "]";
    if (closing) depth -= 1;
    // What was opened begins a line, unless it is closed at once.
    const opened = before === "{" || before === "[";
    if (opened !== closing || before === ",") out.push(line());
    out.push(token === ":" ? ": " : token);
    if (token === "{" || token === "[") depth += 1;
    before = token;
  }
  return out.join("");
}
