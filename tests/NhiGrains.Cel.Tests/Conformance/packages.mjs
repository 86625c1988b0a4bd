// The npm packages of tests/npm, which is no parent folder of this one: node finds them only when asked from there.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../npm/package.json', import.meta.url));

export const cel = require('@bufbuild/cel');
export const suites = require('@bufbuild/cel-spec/testdata/tests.js');
export const checked = require('@bufbuild/cel-spec/cel/expr/checked_pb.js');
export const { getTestRegistry } = require('@bufbuild/cel-spec/testdata/registry.js');
export const { create, isMessage } = require('@bufbuild/protobuf');
export const { isReflectMessage } = require('@bufbuild/protobuf/reflect');
export const wkt = require('@bufbuild/protobuf/wkt');
