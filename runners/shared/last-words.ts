/** The lines of a log that say most about its end. */

/** `	at java.base/java.net.Socket.connect(Socket.java:633)`, `	... 14 more`, `    at main (file:///x.js:3:9)`. */
const frame = /^\s+(at .*[):\d]$|\.\.\. \d+ (more|common frames omitted))/;

/** The last lines. Of a stack only the exception and the place it was thrown at count, so that they are not pushed out. */
export function lastWords(lines: readonly string[], count: number): string[] {
  const telling = lines.filter((line, index) => !(frame.test(line) && frame.test(lines[index - 1] ?? '')));
  return telling.filter((line) => line.trim() !== '').slice(-count);
}
