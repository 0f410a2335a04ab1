// Value templates: Jinja, compiled once and evaluated for each message. Bounded: no loops and no macros, only calls that are known,
// and every text has a limit, so that a template's time follows from its length and its message's.
import { Environment, Interpreter, parse, tokenize } from "@huggingface/jinja";
import { filters, functions, limited, methods, operators } from "./template-functions.ts";

/** What a template is evaluated for. */
export interface TemplateInput {
  text: string;
  /** The text as JSON; undefined: it is none. Read when first needed, once for all templates of a message. */
  json(): unknown;
}

/** Null: nothing. */
export type Template = (input: TemplateInput) => string | null;

export type Compiled = { ok: true; template: Template } | { ok: false; problem: string };

const maxTemplateLength = 4096;

interface Node {
  type: string;
  [field: string]: unknown;
}

/** What keeps a template from being used; the words go into a sentence. */
class Unsupported extends Error {}

export function compileTemplate(source: string): Compiled {
  if (source.length > maxTemplateLength) return { ok: false, problem: "A template is longer than 4,096 characters." };
  const path = pathOf(source);
  if (path) return { ok: true, template: (input) => textAt(input, path) };
  try {
    const bounded = rewrite(parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true })) as unknown as Node);
    return { ok: true, template: (input) => run(bounded, { value: input.text, value_json: input.json() }) };
  } catch (error) {
    const why = error instanceof Unsupported ? error.message : "is no Jinja that is understood";
    return { ok: false, problem: `The template \`${source.slice(0, 80)}\` ${why}.` };
  }
}

/** The text of a template without a message, such as a command's; null: it cannot be evaluated. */
export function renderOnce(source: string, variables: Record<string, unknown>): string | null {
  try {
    const program = rewrite(parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true })) as unknown as Node);
    return run(program, variables);
  } catch {
    return null;
  }
}

const plainPath = /^\s*\{\{\s*value_json((?:\.[A-Za-z_]\w*|\[(?:'[^'\\]*'|"[^"\\]*")\])+)\s*\}\}\s*$/;

/** The keys of `{{ value_json.a['b'] }}`, which most templates are and which needs no engine; null: something else. */
function pathOf(source: string): string[] | null {
  const steps = plainPath.exec(source)?.[1]?.match(/\.\w+|\[(?:'[^']*'|"[^"]*")\]/g);
  return steps?.map((step) => (step.startsWith(".") ? step.slice(1) : step.slice(2, -2))) ?? null;
}

function textAt(input: TemplateInput, path: readonly string[]): string | null {
  let at = input.json();
  for (const key of path) {
    if (typeof at !== "object" || at === null || Array.isArray(at) || !Object.hasOwn(at, key)) return null;
    at = (at as Record<string, unknown>)[key];
  }
  if (at === null || at === undefined) return null;
  return typeof at === "object" ? JSON.stringify(at) : String(at);
}

function run(program: Node, variables: Record<string, unknown>): string | null {
  const environment = new Environment(globals);
  for (const [name, value] of Object.entries(variables)) environment.set(name, value);
  try {
    const { value } = new Interpreter(environment).run(program as never) as { value: string };
    return limited(value).trim();
  } catch {
    // A key that this message lacks, a text where a number was expected, or NoValue: nothing is said about this one.
    return null;
  }
}

const globals = new Environment();
for (const [name, value] of Object.entries({
  true: true,
  false: false,
  none: null,
  True: true,
  False: false,
  None: null,
}))
  globals.set(name, value);
for (const [group, members] of Object.entries({ filter: filters, operator: operators, function: functions }))
  for (const [name, member] of Object.entries(members))
    globals.set(`${group} ${name}`, (...args: unknown[]) => member(...args.map(plain)));

/** The engine hands lists and objects over with its own values inside. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each: { value: unknown }) => plain(each.value));
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([key, each]) => [key, plain((each as { value: unknown }).value)]));
}

const refused: Record<string, string> = {
  For: "has a loop",
  Macro: "has a macro",
  CallStatement: "has a macro",
  FilterStatement: "has a filter block",
};

/** Checks a tree, and puts our own functions in the place of filters, calls and operators. */
function rewrite(node: Node): Node {
  const why = refused[node.type];
  if (why) throw new Unsupported(why);
  if (node.type === "FilterExpression") {
    const { operand, filter } = node as unknown as { operand: Node; filter: Node };
    const isCall = filter.type === "CallExpression";
    const name = (isCall ? (filter["callee"] as Node) : filter)["value"] as string;
    const args = isCall ? (filter["args"] as Node[]) : [];
    return callOf("filter", name, filters, [operand, ...args]);
  }
  if (node.type === "BinaryExpression") {
    const operator = (node["operator"] as { value: string }).value;
    if (Object.hasOwn(operators, operator)) {
      return callOf("operator", operator, operators, [node["left"] as Node, node["right"] as Node]);
    }
  }
  if (node.type === "CallExpression") return rewriteCall(node);
  for (const [field, value] of Object.entries(node)) {
    if (Array.isArray(value)) node[field] = value.map((each) => (isNode(each) ? rewrite(each) : each));
    else if (value instanceof Map)
      node[field] = new Map([...value].map(([k, v]) => [keyOf(k as Node), rewrite(v as Node)]));
    else if (isNode(value)) node[field] = rewrite(value);
  }
  return node;
}

/** Firmwares write None and numbers as keys, which the engine does not take. */
function keyOf(key: Node): Node {
  const { type, value } = key;
  const isName = type === "Identifier" || type === "IntegerLiteral" || type === "FloatLiteral";
  return isName ? { type: "StringLiteral", value: String(value) } : rewrite(key);
}

function rewriteCall(node: Node): Node {
  const { callee, args } = node as unknown as { callee: Node; args: Node[] };
  if (callee.type === "Identifier") return callOf("function", callee["value"] as string, functions, args);
  const method = (callee["property"] as Node | undefined)?.["value"] as string | undefined;
  const object = callee["object"] as Node;
  if (callee.type === "MemberExpression" && !callee["computed"] && method === "replace") {
    return callOf("filter", "replace", filters, [object, ...args]);
  }
  if (callee.type !== "MemberExpression" || callee["computed"] || !methods.includes(method ?? "")) {
    throw new Unsupported(`calls \`${method ?? "something"}\`, which is not known here`);
  }
  return { ...node, callee: { ...callee, object: rewrite(object) }, args: args.map(rewrite) };
}

/** Named arguments are passed by position, as those who write templates use them. */
function callOf(group: string, name: string, known: Record<string, unknown>, args: Node[]): Node {
  if (!Object.hasOwn(known, name)) throw new Unsupported(`uses \`${name}\`, which is not known here`);
  const positional = args.map((each) =>
    rewrite(each.type === "KeywordArgumentExpression" ? (each["value"] as Node) : each),
  );
  return { type: "CallExpression", callee: { type: "Identifier", value: `${group} ${name}` }, args: positional };
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}
