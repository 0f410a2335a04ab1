// Waiting for what a child process prints: every wait ends, with the line or with a sentence.
import { describe, expect, it } from "vitest";
import { Failure } from "../../tools/failure.ts";
import { LineProcess } from "../../tools/line-process.ts";

function run(script: string): LineProcess {
  return new LineProcess(process.execPath, ["-e", script], { name: "The child" });
}

const echo = 'process.stdin.on("data", (text) => process.stdout.write("heard " + text)); console.log("ready");';

describe("a child process that talks in lines", () => {
  it("can be told something and answers", async () => {
    const child = run(echo);
    await child.nextLine(/^ready$/, "start");
    const answer = child.nextLine(/^heard/, "answer");
    child.send("hello");
    await expect(answer).resolves.toBe("heard hello");
    await child.stop();
  });

  it("fails a wait with a sentence and its last lines when the time is over", async () => {
    const child = run(echo);
    await child.nextLine(/^ready$/, "start");
    const failure = new Failure("The child did not dance within 0.05 s. Its last lines:\n  ready");
    await expect(child.nextLine(/never/, "dance", 50)).rejects.toThrow(failure);
    await child.stop();
  });

  it("fails a wait at once when it ends", async () => {
    const child = run('console.error("out of oil"); process.exit(3)');
    await expect(child.nextLine(/never/, "dance")).rejects.toThrow(/ended with exit code 3. Its last lines:\n {2}out/);
    await expect(child.ended).resolves.toBe(3);
    await expect(child.nextLine(/never/, "dance")).rejects.toThrow("The child has already ended");
  });

  it("says that it could not be started", async () => {
    const child = new LineProcess("/nonexistent", [], { name: "The child" });
    await expect(child.nextLine(/never/, "dance")).rejects.toThrow("could not be started");
  });

  it("is ended by force when it ignores SIGTERM", async () => {
    const child = run('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("ready");');
    await child.nextLine(/^ready$/, "start");
    await child.stop();
    await expect(child.ended).resolves.toBe(1);
  });
});
