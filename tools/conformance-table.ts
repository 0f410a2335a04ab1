// What the names of tests prove of the normative statements of MQTT: pure, from (name, file) pairs to lists and a table.
import { mqtt311, mqtt5, type Statement } from "../test/conformance/statements.ts";

/** A test that ran and passed. */
export interface PassedTest {
  /** With the names of its suites. */
  name: string;
  /** Relative to test/, without `.test.ts`. */
  file: string;
}

export interface Conformance {
  /** Statements that apply and have no test. */
  missing: string[];
  /** Statements that forbid something and have no negative case. */
  withoutNegative: string[];
  /** Tags that name no statement, with the test that carries them. */
  unknown: string[];
  /** The generated part of docs/conformance.md. */
  table: string;
}

interface Proofs {
  positive: Set<string>;
  negative: Set<string>;
}

const looksLikeTag = /\[[^\]]*MQTT3?-[^\]]*\]/g;
const wholeTag = /^\[(not )?(MQTT3?-\d+\.\d+\.\d+-\d+)\]$/;

export function judge(tests: readonly PassedTest[]): Conformance {
  const proofs = new Map<string, Proofs>();
  for (const { tag } of [...mqtt5, ...mqtt311]) proofs.set(tag, { positive: new Set(), negative: new Set() });
  const unknown = new Set<string>();
  for (const { name, file } of tests) {
    for (const [text] of name.matchAll(looksLikeTag)) {
      const [, not, tag = ""] = wholeTag.exec(text) ?? [];
      const proof = proofs.get(tag);
      if (!proof) unknown.add(`${text} in test/${file}.test.ts: ${name}`);
      else if (not) proof.negative.add(file);
      else proof.positive.add(file);
    }
  }
  const proofOf = ({ tag }: Statement) => proofs.get(tag) as Proofs;
  const applicable = [...mqtt5, ...mqtt311].filter(({ notApplicable }) => notApplicable === null);
  const missing = applicable.filter((statement) => {
    const { positive, negative } = proofOf(statement);
    return statement.kind === "both" ? positive.size === 0 : positive.size + negative.size === 0;
  });
  const withoutNegative = applicable.filter(
    (statement) => statement.kind !== "must" && proofOf(statement).negative.size === 0,
  );
  return {
    missing: missing.map(({ tag }) => tag),
    withoutNegative: withoutNegative.map(({ tag }) => tag).filter((tag) => !missing.some((one) => one.tag === tag)),
    unknown: [...unknown].toSorted(),
    table: [section("MQTT 5.0", mqtt5, proofOf), section("MQTT 3.1.1", mqtt311, proofOf)].join("\n"),
  };
}

function section(title: string, statements: readonly Statement[], proofOf: (statement: Statement) => Proofs): string {
  const applying = statements.filter(({ notApplicable }) => notApplicable === null).length;
  return `## ${title}

${statements.length} statements; ${applying} apply here.

| statement | binds | asks | tests | negative cases |
|---|---|---|---|---|
${statements.map((statement) => row(statement, proofOf(statement))).join("\n")}
`;
}

function row(statement: Statement, { positive, negative }: Proofs): string {
  const { tag, binds, kind, asks, notApplicable } = statement;
  const proved = positive.size > 0 || (kind === "mustNot" && negative.size > 0);
  const tests = list(positive) || (notApplicable === null ? (proved ? "" : "**missing**") : `*${notApplicable}*`);
  const wanting = kind !== "must" && notApplicable === null ? "**missing**" : "";
  return `| ${tag} | ${binds} | ${asks} | ${tests} | ${list(negative) || wanting} |`;
}

function list(files: ReadonlySet<string>): string {
  return [...files].toSorted().join(", ");
}
