// What a stream's value is: a number, a boolean or a text; read from the bytes of a payload, and written back as one. The hot
// path of the hub: a number is read without making a text of it.

export type StreamValue = number | boolean | string;

/** UTF-8 bytes of a text that is kept as a stream's last value; a longer one is passed on and not kept. */
export const maxTextBytes = 256;
/** Sums of a minute stay finite. */
const largestNumber = 1e300;
/** A double holds every whole number of so many digits. */
const exactDigits = 15;
const powersOfTen = Array.from({ length: exactDigits + 1 }, (_, exponent) => 10 ** exponent);
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

const minus = 45;
const point = 46;
const zero = 48;

/**
 * A number in plain decimals, exactly as `Number` would read it; NaN: something else, or a form that needs `readValue`. Up to 15
 * digits and a power of ten below 10^22 are both exact, and so is their rounded quotient.
 */
export function readPlainNumber(bytes: Uint8Array): number {
  const { length } = bytes;
  if (length === 0 || length > exactDigits + 2) return Number.NaN;
  const isNegative = bytes[0] === minus;
  let digits = 0;
  let mantissa = 0;
  let decimals = -1;
  for (let i = isNegative ? 1 : 0; i < length; i++) {
    const byte = bytes[i] as number;
    const digit = byte - zero;
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      digits++;
      if (decimals >= 0) decimals++;
    } else if (byte === point && decimals < 0) {
      decimals = 0;
    } else {
      return Number.NaN;
    }
  }
  if (digits === 0 || digits > exactDigits) return Number.NaN;
  const size = decimals > 0 ? mantissa / (powersOfTen[decimals] as number) : mantissa;
  return isNegative ? 0 - size : size;
}

/** A text as a payload says it; null for bytes that are no UTF-8. */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** The value that a text stands for: a decimal number with blanks around it, `true` or `false`, or the text. Null: none. */
export function valueOfText(text: string): StreamValue | null {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  if (trimmed === "true") return true;
  if (trimmed === "false") return false;
  if (!decimal.test(trimmed)) return text;
  const number = Number(trimmed);
  return Math.abs(number) <= largestNumber ? number : null;
}

/** The value of a field of JSON; null: none. */
export function valueOfJson(json: unknown): StreamValue | null {
  if (typeof json === "number") return Math.abs(json) <= largestNumber ? json : null;
  return typeof json === "boolean" || (typeof json === "string" && json !== "") ? json : null;
}

/** The payload that says this value. */
export function encodeValue(value: StreamValue): Uint8Array {
  return encoder.encode(typeof value === "string" ? value : JSON.stringify(value));
}

/** Whether a text may be kept as a last value. */
export function isKeptText(text: string): boolean {
  return text.length <= maxTextBytes && encoder.encode(text).length <= maxTextBytes;
}
