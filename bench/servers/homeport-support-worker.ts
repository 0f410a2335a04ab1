// What Homeport finds around it in the benchmark: a D1 without rows, and somebody who tells its hubs of credentials, as
// the API would.
import type { CredentialState } from "../../src/domain/credentials.ts";

interface SupportEnv {
  USER_HUB: DurableObjectNamespace<Rpc.DurableObjectBranded & { applyCredentials(states: CredentialState[]): unknown }>;
}

const noRows = { success: true, results: { columns: [], rows: [] }, meta: { changes: 0 } };

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname !== "/credentials") return Response.json(await answerQuery(request));
    const { hubName, states } = await request.json<{ hubName: string; states: CredentialState[] }>();
    return Response.json(await env.USER_HUB.getByName(hubName).applyCredentials(states));
  },
} satisfies ExportedHandler<SupportEnv>;

/** D1's binding sends one statement or a list of them. */
async function answerQuery(request: Request): Promise<unknown> {
  const statements = await request.json();
  return Array.isArray(statements) ? statements.map(() => noRows) : noRows;
}
