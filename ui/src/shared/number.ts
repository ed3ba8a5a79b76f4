/** Numbers as people read them. */

const COUNT = new Intl.NumberFormat("en-GB");

/** "12,345" */
export function count(value: number): string {
  return COUNT.format(value);
}

/** "97.4 %"; whole hundreds without a decimal. Never rounded up to 100. */
export function percent(share: number): string {
  const value = Math.floor(share * 1000) / 10;
  return `${value === 100 ? "100" : value.toFixed(1)} %`;
}

/** "1 message", "3 messages" */
export function plural(value: number, one: string, many: string): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
