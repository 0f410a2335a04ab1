// How much work a regular expression may be. The engine that runs schemas' patterns tries one way after another, so a pattern that can
// match a text in many ways may take minutes for a short one. What is taken here takes a bounded number of steps a character.
//
// The pattern becomes an automaton whose states are its characters' places. All sets of places are followed that any text can lead to,
// each place with the number of ways there are to it: as long as those sets and numbers end, so does the engine's work. What is not known
// exactly (letters beyond ASCII, assertions) counts as more ways than there are, never as fewer.
import { PatternFault, readPattern, type Term } from "./read-pattern.ts";

/** Places a pattern has when its counted repetitions are written out. */
const maxPlaces = 1000;
/** Ways that are tried at one character. */
const maxWays = 100;
/** Steps of the search for all sets of places: some 20 ms. */
const maxSearch = 60_000;

const tooMuch =
  "is too complicated: take fewer or smaller {n,m} (maxLength and maxItems count too), or a simpler pattern";
const ambiguous =
  "could take very long, because a text may match in very many ways: begin it with ^, and let no two repetitions within or beside one " +
  "another take the same characters: ^[a-z]+(-[a-z]+)*$ instead of ^([a-z]+-?)+$";

/** What the patterns of one schema share: the steps of their searches, and what their characters take. */
export class Search {
  steps = 0;
  readonly #sets = new Map<string, readonly boolean[]>();

  setOf(source: string): readonly boolean[] {
    const set = this.#sets.get(source) ?? setOf(source);
    this.#sets.set(source, set);
    return set;
  }
}

/** The greatest number of ways that are tried at one character of any text. Throws PatternFault. */
export function waysOf(pattern: unknown, search = new Search()): number {
  const { term, isAnchored } = readPattern(pattern);
  return new Automaton(term, isAnchored, search).mostWays();
}

/** Which places a part begins and ends with: one that can be reached in two ways is listed twice. */
interface Part {
  first: number[];
  last: number[];
  /** In how many ways it takes no character. */
  empty: number;
}

/** ASCII, and what stands for the blanks and for all other characters beyond. */
const [otherBlank, other] = [128, 129];
const characters = Array.from({ length: other + 1 }, (_, code) => code);

class Automaton {
  /** By place: what it takes, as its source and as a set of `characters`. */
  readonly #takes: (readonly boolean[])[] = [];
  readonly #follow: number[][] = [];
  readonly #search: Search;
  readonly #isAnchored: boolean;
  #terms = 0;

  /** Place 0 is before the text; one that takes nothing stands for the end. */
  constructor(term: Term, isAnchored: boolean, search: Search) {
    this.#search = search;
    this.#isAnchored = isAnchored;
    const start = this.#place("");
    const whole = this.#sequence([this.#build(term), this.#place("")]);
    this.#link(start.last, whole.first);
  }

  #place(source: string): Part {
    if (this.#takes.length >= maxPlaces) throw new PatternFault(tooMuch);
    const place = this.#takes.push(this.#search.setOf(source)) - 1;
    this.#follow.push([]);
    return { first: [place], last: [place], empty: 0 };
  }

  #link(from: readonly number[], to: readonly number[]): void {
    for (const place of from) this.#follow[place] = within([...(this.#follow[place] as number[]), ...to]);
  }

  #build(term: Term): Part {
    // Also a term without a place, in repetitions of repetitions, takes its time.
    if (++this.#terms > 10 * maxPlaces) throw new PatternFault(tooMuch);
    if (typeof term === "string") return this.#place(term);
    if ("all" in term) return this.#sequence(term.all.map((each) => this.#build(each)));
    if ("any" in term) {
      const parts = term.any.map((each) => this.#build(each));
      return {
        first: parts.flatMap(({ first }) => first),
        last: parts.flatMap(({ last }) => last),
        empty: parts.reduce((sum, { empty }) => sum + empty, 0),
      };
    }
    return this.#repeated(term);
  }

  #repeated({ of, min, max }: Extract<Term, { of: Term }>): Part {
    const must = Array.from({ length: Math.min(min, maxPlaces) }, () => this.#build(of));
    if (max === Infinity) {
      const loop = this.#build(of);
      this.#link(loop.last, loop.first);
      return this.#sequence([...must, { ...loop, empty: loop.empty + 1 }]);
    }
    let rest: Part | null = null;
    for (let i = min; i < Math.min(max, min + maxPlaces); i++) {
      const one: Part = this.#build(of);
      const more: Part = rest ? this.#sequence([one, rest]) : one;
      rest = { ...more, empty: more.empty + 1 };
    }
    return this.#sequence(rest ? [...must, rest] : must);
  }

  #sequence(parts: readonly Part[]): Part {
    return parts.reduce(
      (before, after) => {
        this.#link(before.last, after.first);
        return {
          first: within([...before.first, ...times(before.empty, after.first)]),
          last: within([...times(after.empty, before.last), ...after.last]),
          empty: Math.min(before.empty * after.empty, maxPlaces),
        };
      },
      { first: [], last: [], empty: 1 },
    );
  }

  mostWays(): number {
    const letters = this.#letters();
    const start = new Map([[0, 1]]);
    const seen = new Set([keyOf(start)]);
    const toDo = [start];
    let most = 0;
    for (let ways = toDo.pop(); ways; ways = toDo.pop()) {
      most = Math.max(most, this.#tried(ways));
      if (most > maxWays) throw new PatternFault(ambiguous);
      for (const letter of letters) {
        const next = this.#after(ways, letter);
        this.#search.steps += 1 + next.size;
        if (this.#search.steps > maxSearch) throw new PatternFault(tooMuch);
        const key = keyOf(next);
        if (next.size === 0 || seen.has(key)) continue;
        seen.add(key);
        toDo.push(next);
      }
    }
    return most;
  }

  /** One of each kind of characters that no place tells apart. */
  #letters(): number[] {
    const sets = [...new Set(this.#takes)];
    return [...Map.groupBy(characters, (code) => sets.map((set) => (set[code] ? 1 : 0)).join("")).values()].map(
      ([code]) => code as number,
    );
  }

  #tried(ways: ReadonlyMap<number, number>): number {
    let sum = 0;
    for (const [place, count] of ways) sum += count * (this.#follow[place] as number[]).length;
    return sum;
  }

  #after(ways: ReadonlyMap<number, number>, letter: number): Map<number, number> {
    // The search begins anew at every character unless the pattern says where.
    const next = new Map<number, number>(this.#isAnchored ? [] : [[0, 1]]);
    for (const [place, count] of ways) {
      for (const to of this.#follow[place] as number[]) {
        if (this.#takes[to]?.[letter]) next.set(to, (next.get(to) ?? 0) + count);
      }
    }
    return next;
  }
}

function within<T>(list: T[]): T[] {
  if (list.length > maxPlaces) throw new PatternFault(tooMuch);
  return list;
}

function times(count: number, list: readonly number[]): number[] {
  if (count * list.length > maxPlaces) throw new PatternFault(tooMuch);
  return Array.from({ length: count }, () => list).flat();
}

function keyOf(ways: ReadonlyMap<number, number>): string {
  return [...ways].toSorted(([a], [b]) => a - b).join(" ");
}

/** What one character of a pattern takes: exactly of ASCII, at least of what is beyond. */
function setOf(source: string): boolean[] {
  if (source === "") return [];
  const expression = new RegExp(source, "u");
  const goesBeyond = /^\.|^\[\^|\\[pPDWSsux]|[^\0-\x7f]/.test(source);
  return characters.map((code) => {
    if (code < otherBlank) return expression.test(String.fromCharCode(code));
    return goesBeyond && source !== (code === other ? "\\s" : "\\S");
  });
}
