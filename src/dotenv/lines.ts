/** Lines of a text as an editor counts them: from 1, ended by LF, CR or CRLF. */
export class LineIndex {
  readonly #starts: number[] = [0];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    for (const end of text.matchAll(/\r\n?|\n/g)) this.#starts.push(end.index + end[0].length);
  }

  /** How many lines there are; what follows the last line end counts, even where it is empty. */
  get count(): number {
    return this.#starts.length;
  }

  /** The line that the character at `offset` is on. */
  lineOf(offset: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#starts[middle]! > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The line's text without its end. */
  textOf(line: number): string {
    return this.#text.slice(this.#starts[line - 1], this.#starts[line]).replace(/\r?\n$|\r$/, "");
  }
}
