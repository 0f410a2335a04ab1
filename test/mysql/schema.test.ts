// The two schemas side by side: the same tables and columns, and on both the keys and indexes that queries count on.
import { getTableConfig as configOfMysql, type MySqlTable } from "drizzle-orm/mysql-core";
import { getTableConfig as configOfD1, type SQLiteTable } from "drizzle-orm/sqlite-core";
import { describe, expect, it } from "vitest";
import * as d1People from "../../src/store/d1/auth-schema.ts";
import * as d1Dashboards from "../../src/store/d1/dashboard-schema.ts";
import * as d1Registry from "../../src/store/d1/schema.ts";
import * as mysqlPeople from "../../src/store/mysql/auth-schema.ts";
import * as mysqlDashboards from "../../src/store/mysql/dashboard-schema.ts";
import * as mysqlRegistry from "../../src/store/mysql/schema.ts";
import { queryDatabase } from "../support/database.ts";

const { id: _id, milliseconds: _milliseconds, ...people } = mysqlPeople;
const mysqlTables: Record<string, MySqlTable> = { ...people, ...mysqlRegistry, ...mysqlDashboards };
const d1Tables: Record<string, SQLiteTable> = { ...d1People, ...d1Registry, ...d1Dashboards };

interface Config {
  name: string;
  columns: { name: string; notNull: boolean; primary: boolean; isUnique: boolean }[];
  indexes: { config: { columns: unknown[]; unique?: boolean } }[];
  primaryKeys: { columns: { name: string }[] }[];
  foreignKeys: {
    reference(): { columns: { name: string }[]; foreignColumns: { name: string }[] };
    onDelete?: string;
  }[];
}

function names(columns: unknown[]): string {
  return columns.map((column) => (column as { name: string }).name).join();
}

function shapeOf({ name, columns, indexes, primaryKeys, foreignKeys }: Config) {
  return {
    name,
    columns: columns.map((column) => `${column.name}${column.notNull ? " not null" : ""}`),
    primaryKey: [
      ...columns.filter(({ primary }) => primary).map((column) => column.name),
      ...primaryKeys.map((key) => names(key.columns)),
    ],
    unique: columns.filter(({ isUnique }) => isUnique).map((column) => column.name),
    indexes: indexes.map(({ config }) => `${names(config.columns)}${config.unique ? " unique" : ""}`),
    foreignKeys: foreignKeys.map((key) => {
      const { columns: from, foreignColumns } = key.reference();
      return `${names(from)} → ${names(foreignColumns)} ${key.onDelete}`;
    }),
  };
}

describe("the schemas of D1 and MySQL", () => {
  it("have the same tables", () => {
    expect(Object.keys(mysqlTables).toSorted()).toEqual(Object.keys(d1Tables).toSorted());
  });

  it.each(Object.keys(d1Tables))("are alike in %s", (table) => {
    const [d1, mysql] = [d1Tables[table], mysqlTables[table]];
    if (!d1 || !mysql) throw new Error(`${table} is missing`);
    expect(shapeOf(configOfMysql(mysql) as unknown as Config)).toEqual(shapeOf(configOfD1(d1) as unknown as Config));
  });
});

describe("the migrated MySQL", () => {
  it("compares every text by its code points", async () => {
    const collations = await queryDatabase(
      "select distinct collation_name from information_schema.columns where table_schema = database() and collation_name is not null",
    );
    expect(collations).toEqual([{ collation_name: "utf8mb4_bin" }]);
  });
});
