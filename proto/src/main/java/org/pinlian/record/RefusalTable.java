// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.pinlian.v1.Refusal;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.RefusalRule;

/**
 * What stands behind each refusal code, as refusal.proto has it: its status in gRPC and HTTP, what
 * a caller can do, and the sentences. Read once, out of the options on the numbers themselves, so
 * that node, gateway, client and docs/errors.md cannot disagree. Constant, so safe for use by many
 * threads.
 */
public final class RefusalTable {
  private static final Map<RefusalCode, RefusalRule> RULES = read();

  private RefusalTable() {}

  private static Map<RefusalCode, RefusalRule> read() {
    Map<RefusalCode, RefusalRule> rules = new EnumMap<>(RefusalCode.class);
    for (EnumValueDescriptor value : RefusalCode.getDescriptor().getValues()) {
      RefusalRule rule = value.getOptions().getExtension(Refusal.refusal);
      rules.put(RefusalCode.forNumber(value.getNumber()), rule);
    }
    return rules;
  }

  /** The rule of a code; for a number that this release does not know, that of code 0. */
  public static RefusalRule rule(RefusalCode code) {
    RefusalRule rule = RULES.get(code);
    return rule == null
        ? Objects.requireNonNull(RULES.get(RefusalCode.REFUSAL_CODE_UNSPECIFIED))
        : rule;
  }

  /** The code of that name; empty if this release knows none, as of a newer server's. */
  public static Optional<RefusalCode> named(String name) {
    return RULES.keySet().stream().filter(code -> code.name().equals(name)).findFirst();
  }

  /** All codes that a refusal can carry, by number. */
  public static List<RefusalCode> codes() {
    List<RefusalCode> codes = new ArrayList<>(RULES.keySet());
    codes.remove(RefusalCode.REFUSAL_CODE_UNSPECIFIED);
    return List.copyOf(codes);
  }
}
