// Topic aliases: those a client gives us, which must survive hibernation, and those we give a client, which need not.
import { MqttError, protocolError } from "../../../src/protocols/mqtt/mqtt-error.ts";
import type { Publish } from "../../../src/protocols/mqtt/publish.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import type { ClientState, Connection } from "../connection.ts";
import { aliasesInAttachmentBytes, maxInboundAliases, maxOutboundAliases } from "../limits.ts";
import { attachmentBytes } from "./session.ts";
import type { BrokerState } from "./state.ts";

/** The topic of a PUBLISH with an alias: what it says, from now on known by the alias, or what the alias stands for. */
export function resolveAlias(state: BrokerState, connection: Connection, packet: Publish): string {
  const alias = packet.topicAlias as number;
  if (alias > maxInboundAliases) {
    throw new MqttError(reasonCode.topicAliasInvalid, `The topic alias maximum is ${maxInboundAliases}.`);
  }
  const aliases = inboundAliases(state, connection);
  const known = aliases.get(alias);
  if (packet.topic === "") {
    if (known !== undefined) return known;
    throw protocolError("A topic is empty, and its alias stands for nothing yet.");
  }
  if (known !== packet.topic) {
    aliases.set(alias, packet.topic);
    keepAlias(state, connection, alias, packet.topic);
  }
  return packet.topic;
}

function inboundAliases(state: BrokerState, connection: Connection): Map<number, string> {
  if (connection.inboundAliases) return connection.inboundAliases;
  const { aliases, tableAliases } = connection.state.client as ClientState;
  const further = tableAliases > 0 ? state.topicAliases.read(connection.state.id) : [];
  return (connection.inboundAliases = new Map([...aliases, ...further]));
}

/** In the attachment while there is room, or else in the table. */
function keepAlias(state: BrokerState, connection: Connection, alias: number, topic: string): void {
  const client = connection.state.client as ClientState;
  const others = client.aliases.filter(([known]) => known !== alias);
  const bytes = others.reduce((sum, [, text]) => sum + attachmentBytes(text), attachmentBytes(topic));
  const fitsHere = bytes <= aliasesInAttachmentBytes;
  client.aliases = fitsHere ? [...others, [alias, topic]] : others;
  if (!fitsHere) {
    state.topicAliases.write(connection.state.id, alias, topic);
    client.tableAliases++;
    connection.state.hasRows = true;
  } else if (client.tableAliases > 0) {
    state.topicAliases.delete(connection.state.id, alias);
  }
  state.changed(connection);
}

/** How a topic is to be named towards a client that takes aliases; null: without one. */
export function aliasFor(connection: Connection, topic: string): { topicAlias: number; isNew: boolean } | null {
  const most = Math.min(connection.state.client?.topicAliasMaximum ?? 0, maxOutboundAliases);
  if (most === 0) return null;
  const aliases = (connection.outboundAliases ??= new Map());
  const known = aliases.get(topic);
  if (known !== undefined) return { topicAlias: known, isNew: false };
  if (aliases.size >= most) return null;
  aliases.set(topic, aliases.size + 1);
  return { topicAlias: aliases.size, isNew: true };
}
