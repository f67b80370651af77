// SPDX-License-Identifier: Apache-2.0
// Makes the classes of the messages in gen/ from what proto's build leaves in its target/: the
// descriptors, as data. So no protoc is needed here, and nothing generated is kept.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  CodeGeneratorRequestSchema,
  CodeGeneratorResponseSchema,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';

const OPTIONS = 'target=ts,import_extension=js';

/** Does nothing where `into` is of these very descriptors. */
export function generate(protoset, into) {
  const bytes = readFileSync(protoset);
  const stamp = createHash('sha256').update(OPTIONS).update(bytes).digest('hex');
  const stampFile = join(into, 'stamp');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) {
    return;
  }
  const { file } = fromBinary(FileDescriptorSetSchema, bytes);
  // The runtime library has these itself.
  const wanted = file
    .map((proto) => proto.name)
    .filter((name) => !name.startsWith('google/protobuf/'));
  const request = create(CodeGeneratorRequestSchema, {
    fileToGenerate: wanted,
    parameter: OPTIONS,
    protoFile: file,
  });
  const plugin = fileURLToPath(
    new URL('node_modules/@bufbuild/protoc-gen-es/bin/protoc-gen-es', import.meta.url),
  );
  const run = spawnSync(process.execPath, [plugin], {
    input: toBinary(CodeGeneratorRequestSchema, request),
    maxBuffer: 1 << 28,
  });
  if (run.status !== 0) {
    throw new Error(`protoc-gen-es: ${run.stderr}`);
  }
  const response = fromBinary(CodeGeneratorResponseSchema, run.stdout);
  if (response.error) {
    throw new Error(`protoc-gen-es: ${response.error}`);
  }
  rmSync(into, { recursive: true, force: true });
  for (const made of response.file) {
    const path = join(into, made.name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, made.content);
  }
  writeFileSync(stampFile, stamp);
}
