import { describe, expect, it } from "vitest";
import { judge } from "../../tools/conformance-table.ts";
import { mqtt311, mqtt5, type Statement } from "../conformance/statements.ts";

describe.each([
  { version: "MQTT 5.0", statements: mqtt5, count: 251 },
  { version: "MQTT 3.1.1", statements: mqtt311, count: 141 },
])("the list of $version", ({ statements, count }) => {
  it("is complete: as many as in the standard, numbered without gaps within each section", () => {
    expect(statements).toHaveLength(count);
    expect(statements.map(({ tag }) => tag)).toEqual(withoutGaps(statements));
  });

  it("says in a few words what is asked", () => {
    expect(statements.filter(({ asks }) => asks.length < 10 || asks.split(" ").length > 15)).toEqual([]);
  });
});

/** The tags as they would be if each section counted from 1, except for the one number that the standard left out. */
function withoutGaps(statements: readonly Statement[]): string[] {
  const counts = new Map<string, number>([["MQTT-2.2.1", 1]]);
  return statements.map(({ tag }) => {
    const section = tag.slice(0, tag.lastIndexOf("-"));
    const next = (counts.get(section) ?? 0) + 1;
    counts.set(section, next);
    return `${section}-${next}`;
  });
}

describe("what test names prove", () => {
  it("is read from tags of tests and suites, negative cases apart", () => {
    const before = judge([]);
    const after = judge([
      { name: "connect [MQTT-3.1.0-1] > refuses [MQTT3-3.1.0-1] [not MQTT-3.2.0-2]", file: "hub/connect" },
    ]);
    const proved = before.missing.filter((tag) => !after.missing.includes(tag));
    expect(proved).toEqual(["MQTT-3.1.0-1", "MQTT-3.2.0-2", "MQTT3-3.1.0-1"]);
    expect(after.table).toMatch(/^\| MQTT-3\.1\.0-1 \| client \| .* \| hub\/connect \|  \|$/m);
    expect(after.table).toMatch(/^\| MQTT-3\.2\.0-2 \| server \| .* \|  \| hub\/connect \|$/m);
    expect(after.table).toMatch(/^\| MQTT-3\.1\.0-2 \| server \| .* \| \*\*missing\*\* \|  \|$/m);
  });

  it("wants a negative case of what is forbidden, and a proof besides it of what is also asked", () => {
    const forbidden = judge([{ name: "[MQTT-3.2.0-2] [MQTT-4.4.0-1]", file: "a" }]);
    expect(forbidden.missing).not.toContain("MQTT-3.2.0-2");
    expect(forbidden.withoutNegative).toEqual(["MQTT-3.2.0-2", "MQTT-4.4.0-1"]);
    expect(judge([{ name: "[not MQTT-4.4.0-1]", file: "a" }]).missing).toContain("MQTT-4.4.0-1");
  });

  it("does not include tags that name no statement", () => {
    const { unknown } = judge([{ name: "x [MQTT-9.9.9-9] [MQTT-3.1-1] [not MQTT5-1.5.4-1] [MQTT 3]", file: "a" }]);
    expect(unknown.map((line) => line.split(" in ")[0])).toEqual(["[MQTT-3.1-1]", "[MQTT-9.9.9-9]"]);
  });
});
