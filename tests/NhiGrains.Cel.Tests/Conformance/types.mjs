// Types of the conformance data as the text that the reference implementation prints: int, list(dyn), map(string, int).
import { checked, wkt } from './packages.mjs';

const primitive = (value) => checked.Type_PrimitiveType[value].toLowerCase().replace(/64$/, '');
const wellKnown = (value) => checked.Type_WellKnownType[value].toLowerCase();
const messages = { [wkt.TimestampSchema.typeName]: 'timestamp', [wkt.DurationSchema.typeName]: 'duration' };

export function typeText({ typeKind: { case: kind, value } }) {
  switch (kind) {
    case 'dyn': case 'null': case 'error': return kind;
    case 'primitive': return primitive(value);
    case 'wrapper': return `wrapper(${primitive(value)})`;
    case 'wellKnown': return wellKnown(value);
    case 'listType': return `list(${typeText(value.elemType)})`;
    case 'mapType': return `map(${typeText(value.keyType)}, ${typeText(value.valueType)})`;
    case 'messageType': return messages[value] ?? value;
    case 'typeParam': return value;
    case 'type': return value.typeKind.case === undefined ? 'type' : `type(${typeText(value)})`;
    case 'abstractType': return `${value.name}(${value.parameterTypes.map(typeText).join(', ')})`;
    case 'function': return overload(value.argTypes, value.resultType);
    default: throw new Error(`a type of kind ${kind}`);
  }
}

/** Every type within a type, itself first. */
export function* typesWithin(type) {
  yield type;
  const { case: kind, value } = type.typeKind;
  const inner = {
    listType: () => [value.elemType], mapType: () => [value.keyType, value.valueType],
    abstractType: () => value.parameterTypes, type: () => (value.typeKind.case === undefined ? [] : [value]),
  }[kind]?.() ?? [];
  for (const part of inner) yield* typesWithin(part);
}

const overload = (args, result) => `(${args.map(typeText).join(', ')}) -> ${typeText(result)}`;

/** A declaration's text: a variable's type, or a function's overloads. */
export function declText({ declKind: { case: kind, value } }) {
  if (kind === 'ident') return typeText(value.type);
  return value.overloads.map((each) => (each.isInstanceFunction ? 'member ' : '') + overload(each.params, each.resultType)).join('; ');
}
