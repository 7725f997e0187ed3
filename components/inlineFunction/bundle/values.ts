import * as util from "node:util";
import * as pulumi from "@pulumi/pulumi";
import * as acorn from "acorn";
import { forEachNode } from "./analysis";
import type { AnyFunction } from "./closures";
import { NODE, ownerOf } from "./modules";

/** Reason why a value cannot be copied into a function, and what to write instead. */
export interface Objection {
  what: string;
  instead: string;
}

export const MAKE_INSIDE =
  "create it inside `callbackFactory`, or in a file that imports no @pulumi package and import it from there";

/**
 * Objects to values that the serializer would copy into something else without an error.
 *
 * @param seen all values that the serializer visited. A class instance of which only data properties are read is copied well; one
 *   whose prototype was visited too is used as an instance.
 */
export function findObjection(
  value: unknown,
  seen: ReadonlySet<unknown>,
  prototypes: ReadonlySet<unknown>,
): Objection | undefined {
  if (typeof value === "symbol")
    return { what: `the symbol ${String(value)}, whose copy would be another symbol`, instead: MAKE_INSIDE };
  if (typeof value === "function") return objectionToFunction(value);
  if (typeof value !== "object" || value === null) return undefined;
  if (pulumi.Output.isInstance(value) || util.types.isPromise(value) || util.types.isRegExp(value)) return undefined;
  const exotic = EXOTIC.find(([is]) => is(value));
  if (exotic) return { what: `${exotic[1]}, which cannot be copied into the function`, instead: MAKE_INSIDE };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype || prototype === Array.prototype) return undefined;
  if (prototypes.has(value) || isArguments(value) || util.types.isModuleNamespaceObject(value)) return undefined;
  const maker = (prototype as { constructor?: unknown }).constructor;
  const name = (typeof maker === "function" && maker.name) || "a class";
  if (name === "SerializedOutput") return undefined;
  const isGlobal = (globalThis as Record<string, unknown>)[name] === maker;
  const isOfNode = typeof maker === "function" && ownerOf(maker as AnyFunction) === NODE;
  if (!isGlobal && !isOfNode && !seen.has(prototype)) return undefined;
  if (pulumi.Resource.isInstance(value))
    return {
      what: `a resource (${name}), which exists during deployment only`,
      instead: "capture one of its outputs, such as `table.name.get()`, or pass the output in `environment`",
    };
  return {
    what: `an instance of ${name}, whose methods and private fields would be lost`,
    instead: MAKE_INSIDE,
  };
}

const EXOTIC: readonly [is: (value: object) => boolean, name: string][] = [
  [util.types.isMap, "a Map"],
  [util.types.isSet, "a Set"],
  [util.types.isWeakMap, "a WeakMap"],
  [util.types.isWeakSet, "a WeakSet"],
  [util.types.isDate, "a Date"],
  [Buffer.isBuffer, "a Buffer"],
  [(v) => util.types.isAnyArrayBuffer(v) || ArrayBuffer.isView(v), "binary data"],
  [util.types.isNativeError, "an Error"],
  [util.types.isBoxedPrimitive, "a boxed primitive"],
  [util.types.isGeneratorObject, "a running generator"],
  [util.types.isProxy, "a Proxy"],
];

const isArguments = (value: object): boolean => Object.prototype.toString.call(value) === "[object Arguments]";

const MOVE_CLASS = "move the class into a file that imports no @pulumi package, or declare it inside `callbackFactory`";

function objectionToFunction(value: object): Objection | undefined {
  const text = Function.prototype.toString.call(value);
  const { name } = value as { name: string };
  if (/\{\s*\[native code\]\s*\}$/.test(text))
    return name.startsWith("bound ")
      ? {
          what: `a bound function, whose \`this\` would be lost`,
          instead: "call it from an arrow function, as in `(x) => object.method(x)`",
        }
      : undefined;
  if (!/^class\b/.test(text)) return undefined;
  const lost = hasDecoratorMetadata(value) ? "the metadata of its decorators" : lostIn(text);
  return lost ? { what: `the class ${name}, of which the copy would lose ${lost}`, instead: MOVE_CLASS } : undefined;
}

/** Does the class or a member have metadata, of the language's decorators or of the package reflect-metadata? */
function hasDecoratorMetadata(value: object): boolean {
  if (Object.getOwnPropertySymbols(value).some(({ description }) => description === "Symbol.metadata")) return true;
  const { getOwnMetadataKeys } = Reflect as {
    getOwnMetadataKeys?: (target: object, member?: PropertyKey) => unknown[];
  };
  if (!getOwnMetadataKeys) return false;
  const { prototype } = value as { prototype: object };
  return [value, prototype].some((target) =>
    [undefined, ...Reflect.ownKeys(target)].some((member) => getOwnMetadataKeys(target, member).length > 0),
  );
}

const classes = new Map<string, string | undefined>();

/** Parts of a class that the serializer's copy lacks. */
function lostIn(text: string): string | undefined {
  if (classes.has(text)) return classes.get(text);
  const kinds = new Set<string>();
  const tree = acorn.parse(`(${text})`, { ecmaVersion: "latest" });
  forEachNode(tree, (node) => {
    if (node.type === "PropertyDefinition" && (node as acorn.PropertyDefinition).value) kinds.add("initialized fields");
    if (node.type === "PrivateIdentifier") kinds.add("private members");
    if (node.type === "StaticBlock") kinds.add("static blocks");
    if ((node.type === "ClassExpression" || node.type === "ClassDeclaration") && (node as acorn.Class).superClass)
      kinds.add("what it inherits");
  });
  const lost = kinds.size > 0 ? [...kinds].join(" and ") : undefined;
  classes.set(text, lost);
  return lost;
}
