// The name of a hub's Durable Object: the hub id and a generation. Credentials carry the id alone, so that a hub can be
// replaced by a later generation when it must move.

export function hubName(hubId: string, generation: number): string {
  return `${hubId}.${generation}`;
}

export function hubIdOfName(name: string): string {
  return name.slice(0, name.lastIndexOf("."));
}
