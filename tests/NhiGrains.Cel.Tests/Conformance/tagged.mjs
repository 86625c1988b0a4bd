// Values of CEL as JSON without loss: one object with one member, whose name is the type. README.md lists the forms.
import { cel, create, isMessage, isReflectMessage, wkt } from './packages.mjs';

const times = { timestamp: wkt.TimestampSchema, duration: wkt.DurationSchema };
const typeNames = ['bool', 'bytes', 'double', 'int', 'string', 'type', 'uint', 'null_type'];
const types = new Map([
  ...Object.values(cel.CelScalar).filter((type) => typeNames.includes(type.name)).map((type) => [type.name, type]),
  ['list', cel.listType(cel.CelScalar.DYN)],
  ['map', cel.mapType(cel.CelScalar.DYN, cel.CelScalar.DYN)],
  ...Object.values(times).map((schema) => [schema.typeName, cel.objectType(schema)]),
]);

export const isTime = (typeName) => Object.values(times).some((schema) => schema.typeName === typeName);

const double = (value) => ({ double: Object.is(value, -0) ? '-0' : String(value) });
const bytes = (value) => ({ bytes: Buffer.from(value).toString('base64') });

function time(message) {
  for (const [tag, schema] of Object.entries(times))
    if (isMessage(message, schema)) return { [tag]: { seconds: String(message.seconds), nanos: String(message.nanos) } };
  return undefined;
}

/** A cel.expr.Value of the conformance data; a message that is no time keeps its type and its bytes. */
export function ofProto({ kind }, registry) {
  const inner = (value) => ofProto(value, registry);
  switch (kind.case) {
    case 'nullValue': return { null: null };
    case 'boolValue': return { bool: kind.value };
    case 'int64Value': return { int: String(kind.value) };
    case 'uint64Value': return { uint: String(kind.value) };
    case 'doubleValue': return double(kind.value);
    case 'stringValue': return { string: kind.value };
    case 'bytesValue': return bytes(kind.value);
    case 'typeValue': return { type: kind.value };
    case 'enumValue': return { enum: { type: kind.value.type, value: String(kind.value.value) } };
    case 'listValue': return { list: kind.value.values.map(inner) };
    case 'mapValue': return { map: kind.value.entries.map(({ key, value }) => [inner(key), inner(value)]) };
    case 'objectValue':
      return time(wkt.anyUnpack(kind.value, registry))
        ?? { message: { type: kind.value.typeUrl.split('/').at(-1), ...bytes(kind.value.value) } };
    default: throw new Error(`a value of kind ${kind.case}`);
  }
}

/** What the evaluator of @bufbuild/cel takes as a binding. */
export function toCel(tagged) {
  const [[tag, value], ...more] = Object.entries(tagged);
  if (more.length > 0) throw new Error(`a value with ${more.length + 1} tags`);
  switch (tag) {
    case 'null': return null;
    case 'bool': case 'string': return value;
    case 'int': return BigInt(value);
    case 'uint': return cel.celUint(BigInt(value));
    case 'double': return Number(value);
    case 'bytes': return new Uint8Array(Buffer.from(value, 'base64'));
    case 'list': return value.map(toCel);
    case 'map': return new Map(value.map(([key, item]) => [toCel(key), toCel(item)]));
    case 'timestamp': case 'duration':
      return create(times[tag], { seconds: BigInt(value.seconds), nanos: Number(value.nanos) });
    case 'type':
      if (!types.has(value)) throw new Error(`no type '${value}'`);
      return types.get(value);
    default: throw new Error(`no tag '${tag}'`);
  }
}

/** What the evaluator of @bufbuild/cel answers. */
export function ofCel(value) {
  switch (typeof value) {
    case 'boolean': return { bool: value };
    case 'bigint': return { int: String(value) };
    case 'number': return double(value);
    case 'string': return { string: value };
  }
  if (value === null) return { null: null };
  if (value instanceof Uint8Array) return bytes(value);
  if (cel.isCelUint(value)) return { uint: String(value.value) };
  if (cel.isCelList(value)) return { list: Array.from(value, ofCel) };
  if (cel.isCelMap(value)) return { map: Array.from(value, ([key, item]) => [ofCel(key), ofCel(item)]) };
  if (cel.isCelType(value)) return { type: value.name };
  const message = isReflectMessage(value) ? value.message : value;
  const tagged = isMessage(message) ? time(message) : undefined;
  if (tagged === undefined) throw new Error(`a value without a tag: ${message?.$typeName ?? typeof value}`);
  return tagged;
}
