// Ids: a prefix that says what it is, then 20 characters of Crockford's base 32 that sort by time of creation
// (48 bits of milliseconds, 50 bits of randomness).

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

export type IdPrefix = "usr" | "dev" | "hub" | "tok" | "con" | "out";

/** A new id such as `dev_01jcz7k3q8w6x2f0v9rt`. `now` is epoch milliseconds. */
export function newId(prefix: IdPrefix | (string & {}), now: number = Date.now()): string {
  let time = "";
  for (let rest = now, i = 0; i < 10; i++) {
    time = alphabet[rest % 32] + time;
    rest = Math.floor(rest / 32);
  }
  return `${prefix}_${time}${randomText(10)}`;
}

/** `length` characters of 5 random bits each. */
export function randomText(length: number): string {
  let text = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(length))) text += alphabet[byte & 31];
  return text;
}
