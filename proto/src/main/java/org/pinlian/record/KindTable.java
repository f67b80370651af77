// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import java.util.Arrays;
import java.util.Collection;
import org.pinlian.v1.Kind;
import org.pinlian.v1.KindOuterClass;
import org.pinlian.v1.KindRule;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Role;

/**
 * The table of record kinds (formats.md A.12), as kind.proto has it: read once, out of the options
 * on the numbers themselves, so that no second table can disagree with it. Constant, so safe for
 * use by many threads.
 *
 * <p>Sets of roles are kept as bits: a submission asks for every record in it.
 */
public final class KindTable {
  private static final KindRule[] RULES = read();
  private static final int[] SIGNERS = new int[RULES.length];
  private static final int[] LINE_ROLES = new int[RULES.length];

  static {
    for (int kind = 1; kind < RULES.length; kind++) {
      for (Role role : RULES[kind].getSignersList()) {
        SIGNERS[kind] |= bit(role);
      }
      for (LineRole role : RULES[kind].getLineRolesList()) {
        LINE_ROLES[kind] |= 1 << role.getNumber();
      }
    }
  }

  private KindTable() {}

  private static KindRule[] read() {
    int last = 0;
    for (EnumValueDescriptor value : Kind.getDescriptor().getValues()) {
      last = Math.max(last, value.getNumber());
    }
    KindRule[] rules = new KindRule[last + 1];
    Arrays.fill(rules, KindRule.getDefaultInstance());
    for (EnumValueDescriptor value : Kind.getDescriptor().getValues()) {
      rules[value.getNumber()] = value.getOptions().getExtension(KindOuterClass.rule);
    }
    return rules;
  }

  /** Whether the table has a kind of that number, built or not. */
  public static boolean isKnown(int kind) {
    return kind > 0 && kind < RULES.length && Kind.forNumber(kind) != null;
  }

  /**
   * The rule of a kind.
   *
   * @throws IllegalArgumentException if there is no such kind
   */
  public static KindRule rule(int kind) {
    if (!isKnown(kind)) {
      throw new IllegalArgumentException("no kind has the number " + kind);
    }
    return RULES[kind];
  }

  /** Whether this release takes records of the kind. False for numbers that are no kind. */
  public static boolean isBuilt(int kind) {
    return isKnown(kind) && RULES[kind].getBuilt();
  }

  /** Whether records of the kind extend notice chains too. False for numbers that are no kind. */
  public static boolean isNotice(int kind) {
    return isKnown(kind) && RULES[kind].getNotice();
  }

  /**
   * Whether a participant can let a gateway sign records of the kind. False for numbers that are no
   * kind.
   */
  public static boolean isDelegable(int kind) {
    return isKnown(kind) && RULES[kind].getDelegable();
  }

  /** Whether a record of the kind may have lines of the role, given as a number of LineRole. */
  public static boolean allowsLine(int kind, int lineRole) {
    return isKnown(kind)
        && lineRole > 0
        && lineRole < Integer.SIZE
        && (LINE_ROLES[kind] >>> lineRole & 1) == 1;
  }

  /** Whether holding these roles opens the kind: one of them must be among its signers. */
  public static boolean allowsSigner(int kind, Collection<Role> roles) {
    if (!isKnown(kind)) {
      return false;
    }
    for (Role role : roles) {
      if ((SIGNERS[kind] & bit(role)) != 0) {
        return true;
      }
    }
    return false;
  }

  private static int bit(Role role) {
    return role == Role.UNRECOGNIZED ? 0 : 1 << role.getNumber();
  }
}
