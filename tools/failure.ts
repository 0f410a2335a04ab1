// What went wrong, as a sentence for the person at the terminal. Anything else that is thrown is a bug and keeps its stack.

export class Failure extends Error {
  override readonly name = "Failure";
}

/** Runs a tool, then ends the process with whatever is still under way in it; a Failure is printed as its sentence. */
export async function runTool(main: () => Promise<void>): Promise<void> {
  let exitCode = 0;
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Failure ? error.message : error);
    exitCode = 1;
  }
  process.exit(exitCode);
}
