// A shadow's sections as rows, one a value.

/** Values by their path, `a.b`; an array, like an empty object, is one value. */
export function flatten(section: Record<string, unknown> | undefined, prefix = ""): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const [key, value] of Object.entries(section ?? {})) {
    const path = prefix + key;
    const isNested =
      typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
    if (!isNested) values.set(path, value);
    else for (const [inner, one] of flatten(value as Record<string, unknown>, `${path}.`)) values.set(inner, one);
  }
  return values;
}

export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The object a text holds; `problem` says why it holds none, null: it is JSON and no object. */
export function parseObject(text: string): { value: Record<string, unknown> } | { problem: string | null } {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? { value: value as Record<string, unknown> } : { problem: null };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}
