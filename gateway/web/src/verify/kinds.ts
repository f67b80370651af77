// SPDX-License-Identifier: Apache-2.0
import { getOption } from '@bufbuild/protobuf';
import { KindSchema, rule, type KindRule, type Role } from '../../gen/pinlian/v1/kind_pb.js';

/**
 * The table of record kinds (formats.md A.12), as kind.proto has it: read out of the options on the
 * numbers themselves, so that no second table can disagree with it.
 */
const RULES: ReadonlyMap<number, KindRule> = new Map(
  KindSchema.values
    .filter((value) => value.number > 0)
    .map((value) => [value.number, getOption(value, rule)]),
);

/** Whether the table has a kind of that number, built or not. */
export function isKnownKind(kind: number): boolean {
  return RULES.has(kind);
}

/** Whether records of the kind extend notice chains too. */
export function isNotice(kind: number): boolean {
  return RULES.get(kind)?.notice ?? false;
}

/** Whether a participant can let a gateway sign records of the kind. */
export function isDelegable(kind: number): boolean {
  return RULES.get(kind)?.delegable ?? false;
}

/** Whether a record of the kind may have lines of the role, given as a number of LineRole. */
export function allowsLine(kind: number, lineRole: number): boolean {
  return RULES.get(kind)?.lineRoles.includes(lineRole) ?? false;
}

/** Whether holding these roles opens the kind: one of them must be among its signers. */
export function allowsSigner(kind: number, roles: Iterable<Role>): boolean {
  const signers = RULES.get(kind)?.signers ?? [];
  return [...roles].some((role) => signers.includes(role));
}
