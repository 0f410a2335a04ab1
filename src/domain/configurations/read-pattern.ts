// Reads a regular expression that the engine takes with flag u into its terms.

/** Says of a pattern why it is not taken. */
export class PatternFault extends Error {}

/** The source of what takes one character; a sequence, alternatives, a repetition. */
export type Term = string | { all: Term[] } | { any: Term[] } | { of: Term; min: number; max: number };

const maxPatternLength = 256;

const atom =
  /\\u\{\w+\}|\\u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w|\\u\w{4}|\\x\w\w|\\c[a-zA-Z]|\\[pP]\{[^}]*\}|\\[^]|\[(?:\\[^]|[^\]\\])*\]|[^]/uy;
const quantifier = /(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/y;
const group = /\((?:\?:|\?<(?![=!])[^>]*>|(?!\?))/y;

/** `isAnchored`: it matches from the beginning of a text or not at all. */
export function readPattern(pattern: unknown): { term: Term; isAnchored: boolean } {
  try {
    if (typeof pattern === "string" && pattern.length <= maxPatternLength && new RegExp(pattern, "u")) {
      return new Reader(pattern).read();
    }
  } catch (error) {
    if (error instanceof PatternFault) throw error;
  }
  throw new PatternFault(`must be a regular expression of at most ${maxPatternLength} characters`);
}

class Reader {
  readonly #pattern: string;
  #at = 0;
  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  /** All alternatives up to a closing parenthesis, or the end. */
  read(): { term: Term; isAnchored: boolean } {
    const any: Term[] = [];
    let isAnchored = true;
    do {
      const all: Term[] = [];
      let begins = false;
      while (!this.#is("|") && !this.#is(")") && this.#at < this.#pattern.length) {
        const next = this.#next();
        if (all.length === 0) begins ||= next.isAnchored;
        if (next.term) all.push(next.term);
      }
      any.push({ all });
      isAnchored &&= begins;
    } while (this.#took("|"));
    return { term: any.length === 1 ? (any[0] as Term) : { any }, isAnchored };
  }

  #next(): { term: Term | null; isAnchored: boolean } {
    if (this.#took("^")) return { term: null, isAnchored: true };
    if (this.#took("$") || this.#took("\\b") || this.#took("\\B")) return { term: null, isAnchored: false };
    if (/^\\[1-9k]/.test(this.#pattern.slice(this.#at, this.#at + 2))) throw unknownMeans();
    const inner = this.#is("(") ? this.#group() : { term: this.#match(atom)?.[0] as Term, isAnchored: false };
    const counted = this.#match(quantifier);
    if (!counted) return inner;
    const [, sign, from, comma, to] = counted;
    const min = sign ? (sign === "+" ? 1 : 0) : Number(from);
    const max = sign ? (sign === "?" ? 1 : Infinity) : comma ? (to ? Number(to) : Infinity) : min;
    return { term: { of: inner.term, min, max }, isAnchored: inner.isAnchored && min > 0 };
  }

  #group(): { term: Term; isAnchored: boolean } {
    if (!this.#match(group)) throw unknownMeans();
    const inner = this.read();
    this.#at++;
    return inner;
  }

  #is(text: string): boolean {
    return this.#pattern.startsWith(text, this.#at);
  }

  #took(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at += text.length;
    return true;
  }

  #match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#pattern);
    if (found) this.#at = expression.lastIndex;
    return found;
  }
}

function unknownMeans(): PatternFault {
  return new PatternFault(
    "must do without (?=…), (?!…), (?<=…), (?<!…), (?i:…) and back references: say it with an allOf of several patterns, or with not",
  );
}
