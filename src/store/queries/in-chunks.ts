// Lists that are longer than the number of parameters a statement of D1 takes.

/** Of 100, leaving some to the rest of the statement. */
const chunkSize = 90;

/** The rows of each chunk of the list, asked for side by side; no statement for an empty list. */
export async function inChunks<Item, Row>(list: Item[], select: (some: Item[]) => Promise<Row[]>): Promise<Row[]> {
  const chunks = Array.from({ length: Math.ceil(list.length / chunkSize) }, (_, i) =>
    list.slice(i * chunkSize, (i + 1) * chunkSize),
  );
  return (await Promise.all(chunks.map(select))).flat();
}
