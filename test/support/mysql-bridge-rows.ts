// Rows of MySQL as the HTTP protocol carries them: one base64 text of all values, and the length of each (-1: NULL).
import type { FieldPacket, ResultSetHeader } from "mysql2/promise";

/** MySQL's column types by number in the words of Vitess. */
const typeNames: Record<number, string> = {
  0: "DECIMAL",
  1: "INT8",
  2: "INT16",
  3: "INT32",
  4: "FLOAT32",
  5: "FLOAT64",
  6: "NULL",
  7: "TIMESTAMP",
  8: "INT64",
  9: "INT24",
  10: "DATE",
  11: "TIME",
  12: "DATETIME",
  13: "YEAR",
  16: "BIT",
  245: "JSON",
  246: "DECIMAL",
  247: "ENUM",
  248: "SET",
};
const blob = 252;
const fixedLength = 254;
const binaryCharset = 63;
const unsignedFlag = 32;

function typeName({ columnType = 253, characterSet, flags }: FieldPacket): string {
  const isBinary = characterSet === binaryCharset;
  const name = typeNames[columnType];
  if (name) return name.startsWith("INT") && typeof flags === "number" && flags & unsignedFlag ? `U${name}` : name;
  if (columnType === blob) return isBinary ? "BLOB" : "TEXT";
  if (columnType === fixedLength) return isBinary ? "BINARY" : "CHAR";
  return isBinary ? "VARBINARY" : "VARCHAR";
}

export function encodeResult(result: ResultSetHeader | (Buffer | null)[][], fields: FieldPacket[] | undefined): object {
  if (!Array.isArray(result)) return { rowsAffected: String(result.affectedRows), insertId: String(result.insertId) };
  return {
    fields: fields?.map((field) => ({ name: field.name, type: typeName(field), charset: field.characterSet })),
    rows: result.map((row) => ({
      lengths: row.map((value) => String(value === null ? -1 : value.length)),
      values: Buffer.concat(row.filter((value) => value !== null)).toString("base64"),
    })),
  };
}
