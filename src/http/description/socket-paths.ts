// The doors, where sockets come in, for the description of the API.

const refusals = {
  400: { description: "`bad_request`: another subprotocol was offered, or `maxSeconds` is out of bounds" },
  401: { description: "`unauthenticated`: the hub key or the token is wrong" },
  426: { description: "`upgrade_required`: not a WebSocket" },
  503: { description: "`unavailable`: a hub that is new cannot read the database" },
};

function door(summary: string, description: string, operationId: string, security: Record<string, string[]>[] = []) {
  const responses = { 101: { description: "The socket is open" }, ...refusals };
  return { tags: ["Sockets"], operationId, summary, description, security, responses };
}

const maxSeconds = {
  name: "maxSeconds",
  in: "query",
  description: "Ends the connection after so many seconds at most, 600 if empty: for a client that wants to come again",
  schema: { type: "integer", minimum: 1, maximum: 86_400 },
} as const;
const hubKey = { name: "hubKey", in: "path", required: true, schema: { type: "string" } } as const;

export const socketPaths = {
  "/mqtt/{hubKey}": {
    get: {
      ...door(
        "MQTT over WebSocket, straight to the hub",
        "Subprotocol `mqtt`. The token is CONNECT's password.",
        "mqttDirect",
      ),
      parameters: [hubKey, maxSeconds],
    },
  },
  "/mqtt": {
    get: {
      ...door(
        "MQTT over WebSocket for clients that cannot name their hub",
        "Direct when the upgrade carries a token (bearer, basic, or the subprotocol `bearer.TOKEN`), relayed otherwise.",
        "mqtt",
        [{}, { bearer: [] }],
      ),
      parameters: [maxSeconds],
    },
  },
  "/v1/connect": {
    get: {
      ...door("JSON over WebSocket", "Subprotocol `homeport.json.v1`, and a token on the upgrade.", "connect", [
        { bearer: [] },
      ]),
      parameters: [maxSeconds],
    },
  },
};
