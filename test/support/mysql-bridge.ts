// Speaks the HTTP protocol of the driver `@planetscale/database` in front of an ordinary MySQL or MariaDB, as far as the driver
// needs it: Execute, CreateSession, sessions that hold a transaction, errors as Vitess words them.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type FieldPacket, type Pool, type PoolConnection, type ResultSetHeader, createPool } from "mysql2/promise";
import type { MysqlAccess } from "./mariadb.ts";
import { encodeResult } from "./mysql-bridge-rows.ts";

/** What Vitess allows a transaction. */
const transactionTimeoutMs = 20_000;
const maxBodyBytes = 16 * 1024 * 1024;

interface Session {
  connection: PoolConnection;
  timer: NodeJS.Timeout;
}

interface Execute {
  query: string;
  session: { id: string } | null;
}

class BridgeError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export class MysqlBridge {
  readonly #access: MysqlAccess;
  readonly #pool: Pool;
  readonly #sessions = new Map<string, Session>();
  readonly #server: Server;
  /** Every statement, if somebody wants to know. */
  onStatement: (query: string) => void = () => {};

  private constructor(access: MysqlAccess) {
    this.#access = access;
    this.#pool = createPool({
      ...access,
      connectionLimit: 30,
      timezone: "+00:00",
      charset: "UTF8MB4_BIN",
      connectTimeout: 3000,
      // The number of affected rows counts rows that changed, not rows that were found.
      flags: ["-FOUND_ROWS"],
    });
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(access: MysqlAccess, port = 0): Promise<MysqlBridge> {
    const bridge = new MysqlBridge(access);
    await new Promise<void>((resolve, reject) => {
      bridge.#server.once("error", reject).listen(port, "127.0.0.1", resolve);
    });
    return bridge;
  }

  /** For DATABASE_URL. */
  get url(): string {
    const { user, password } = this.#access;
    return `http://${user}:${password}@127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const id of this.#sessions.keys()) this.#end(id, false);
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#pool.end().catch(() => {});
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body } = await this.#respond(request).catch((error: unknown) => ({
      status: 200,
      body: { error: vitessErrorOf(error) },
    }));
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }

  async #respond(request: IncomingMessage): Promise<{ status: number; body: object }> {
    const { user, password } = this.#access;
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    if (request.headers.authorization !== authorization) {
      return { status: 401, body: { error: { code: "UNAUTHENTICATED", message: "invalid authorization" } } };
    }
    if (request.url === "/psdb.v1alpha1.Database/CreateSession") {
      await readBody(request);
      return { status: 200, body: { session: { id: "" } } };
    }
    if (request.url !== "/psdb.v1alpha1.Database/Execute") {
      return { status: 404, body: { error: { code: "NOT_FOUND", message: "no such method" } } };
    }
    return { status: 200, body: await this.#execute(JSON.parse(await readBody(request)) as Execute) };
  }

  async #execute({ query, session }: Execute): Promise<object> {
    this.onStatement(query);
    const id = session?.id || null;
    if (id === null && /^begin$/i.test(query)) return { session: { id: await this.#begin() }, result: {}, timing: 0 };
    if (id === null) return { session: null, result: await this.#run(this.#pool, query), timing: 0 };
    const held = this.#sessions.get(id);
    if (!held) throw new BridgeError("ABORTED", `transaction ${id}: not found (errno 1317) (sqlstate 70100)`);
    const ends = /^(commit|rollback)$/i.test(query);
    try {
      const result = await this.#run(held.connection, query);
      if (ends) this.#end(id, true);
      return { session: { id }, result, timing: 0 };
    } catch (error) {
      if (ends || isConnectionFailure(error)) this.#end(id, false);
      throw error;
    }
  }

  async #begin(): Promise<string> {
    const connection = await this.#pool.getConnection();
    try {
      await connection.query("BEGIN");
    } catch (error) {
      connection.destroy();
      throw error;
    }
    const id = crypto.randomUUID();
    const timer = setTimeout(() => this.#end(id, false), transactionTimeoutMs);
    timer.unref();
    this.#sessions.set(id, { connection, timer });
    return id;
  }

  /** `clean`: the connection has no transaction left and may serve others. */
  #end(id: string, clean: boolean): void {
    const session = this.#sessions.get(id);
    if (!session) return;
    this.#sessions.delete(id);
    clearTimeout(session.timer);
    if (clean) session.connection.release();
    else session.connection.destroy();
  }

  async #run(on: Pool | PoolConnection, query: string): Promise<object> {
    const options = { sql: query, rowsAsArray: true, typeCast: (field: { buffer(): Buffer | null }) => field.buffer() };
    const [result, fields] = (await on.query(options as never)) as unknown as [
      ResultSetHeader | (Buffer | null)[][],
      FieldPacket[] | undefined,
    ];
    return encodeResult(result, fields);
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new BridgeError("RESOURCE_EXHAUSTED", "the request is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

interface MysqlError extends Error {
  code?: string;
  errno?: number;
  sqlState?: string;
}

const codesOfErrno: Record<number, string> = {
  1062: "ALREADY_EXISTS",
  1146: "NOT_FOUND",
  1205: "ABORTED",
  1213: "ABORTED",
};

function isConnectionFailure(error: unknown): boolean {
  return error instanceof Error && !(error as MysqlError).sqlState;
}

function vitessErrorOf(error: unknown): { code: string; message: string } {
  if (error instanceof BridgeError) return { code: error.code, message: error.message };
  const { message, code, errno, sqlState } = error as MysqlError;
  if (sqlState && errno !== undefined) {
    return { code: codesOfErrno[errno] ?? "UNKNOWN", message: `${message} (errno ${errno}) (sqlstate ${sqlState})` };
  }
  // Never connected, or connected and lost: only the first is known to have executed nothing.
  const number = ["ECONNREFUSED", "ETIMEDOUT", "ENOENT"].includes(code ?? "") ? 2003 : 2013;
  return {
    code: "UNAVAILABLE",
    message: `the database does not answer: ${code ?? message} (errno ${number}) (sqlstate HY000)`,
  };
}
