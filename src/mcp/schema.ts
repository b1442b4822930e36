import { OvError } from "../base/mod.ts";

/**
 * The part of JSON Schema that the tools use. No combinators: some clients refuse a whole server for one `anyOf`; what
 * may be absent is left out of `required`.
 */
export type Schema = StringSchema | IntegerSchema | BooleanSchema | ArraySchema | ObjectSchema;

interface Described {
  readonly description?: string;
}
interface StringSchema extends Described {
  readonly type: "string";
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly default?: string;
}
interface IntegerSchema extends Described {
  readonly type: "integer";
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: number;
}
interface BooleanSchema extends Described {
  readonly type: "boolean";
}
interface ArraySchema extends Described {
  readonly type: "array";
  readonly items: Schema;
  readonly minItems?: number;
}
/** An object with known members and no others. */
export interface ObjectSchema extends Described {
  readonly type: "object";
  readonly properties: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties: false;
}

/**
 * The arguments of a call, checked, with defaults filled in.
 *
 * @param toolName for the message
 * @param schema the tool's input
 * @param args as they came; not changed
 * @throws OvError `usage/invalid`, one line that names the field and says what is wanted, and never repeats what came
 */
export function parseArguments(
  toolName: string,
  schema: ObjectSchema,
  args: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return parse(toolName, schema, args, "") as Record<string, unknown>;
}

/** @param path of the value within the arguments, of known names and indexes only; empty for the arguments themselves */
function parse(tool: string, schema: Schema, value: unknown, path: string): unknown {
  const refuse = (): never => {
    throw new OvError("usage/invalid", `Cannot call ${tool}: "${path}" must be ${wanted(schema)}`, {
      ...(schema.description === undefined ? {} : { hint: schema.description }),
    });
  };
  switch (schema.type) {
    case "string":
      if (typeof value !== "string" || !isString(schema, value)) return refuse();
      return value;
    case "integer":
      if (typeof value !== "number" || !Number.isInteger(value)) return refuse();
      if (value < (schema.minimum ?? -Infinity) || value > (schema.maximum ?? Infinity)) return refuse();
      return value;
    case "boolean":
      return typeof value === "boolean" ? value : refuse();
    case "array":
      if (!Array.isArray(value) || value.length < (schema.minItems ?? 0)) return refuse();
      return value.map((item, index) => parse(tool, schema.items, item, `${path}[${index}]`));
    case "object":
      if (typeof value !== "object" || value === null || Array.isArray(value)) return refuse();
      return parseObject(tool, schema, value as Record<string, unknown>, path);
  }
}

function parseObject(tool: string, schema: ObjectSchema, value: Record<string, unknown>, path: string): unknown {
  const known = Object.keys(schema.properties);
  if (Object.keys(value).some((key) => !known.includes(key))) {
    throw new OvError(
      "usage/invalid",
      `Cannot call ${tool}: ${path === "" ? "the call" : `"${path}"`} has an unknown field`,
      {
        hint: known.length === 0 ? "It takes no fields." : `It takes: ${known.join(", ")}.`,
      },
    );
  }
  const out: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(schema.properties)) {
    const innerPath = path === "" ? key : `${path}.${key}`;
    if (Object.hasOwn(value, key)) {
      out[key] = parse(tool, inner, value[key], innerPath);
    } else if (schema.required?.includes(key)) {
      throw new OvError(
        "usage/invalid",
        `Cannot call ${tool}: "${innerPath}" is missing; it must be ${wanted(inner)}`,
        {
          ...(inner.description === undefined ? {} : { hint: inner.description }),
        },
      );
    } else if ("default" in inner) {
      out[key] = inner.default;
    }
  }
  return out;
}

function isString(schema: StringSchema, value: string): boolean {
  return value.length >= (schema.minLength ?? 0) && value.length <= (schema.maxLength ?? Infinity) &&
    (schema.pattern === undefined || new RegExp(schema.pattern, "u").test(value)) &&
    (schema.enum === undefined || schema.enum.includes(value));
}

/** What a schema asks for, in words. */
function wanted(schema: Schema): string {
  switch (schema.type) {
    case "string":
      if (schema.enum !== undefined) return `one of ${schema.enum.join(", ")}`;
      if (schema.pattern !== undefined) return `a string that matches ${schema.pattern}`;
      return schema.minLength === undefined ? "a string" : "a string that is not empty";
    case "integer":
      return `a whole number from ${schema.minimum} to ${schema.maximum}`;
    case "boolean":
      return "true or false";
    case "array":
      return schema.minItems === undefined ? "a list of strings" : "a list of at least one string";
    case "object":
      return "an object";
  }
}
