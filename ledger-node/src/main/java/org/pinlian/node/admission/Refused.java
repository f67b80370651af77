// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.admission;

import java.util.List;
import org.pinlian.record.FieldViolation;
import org.pinlian.v1.RefusalCode;

/**
 * Not accepted, and nothing happened. The submission is refused whole.
 *
 * @param violations at least one; the first bears the code
 */
public record Refused(RefusalCode code, List<FieldViolation> violations) implements Admittance {
  public Refused {
    violations = List.copyOf(violations);
  }

  public static Refused of(RefusalCode code, String path, String message) {
    return new Refused(code, List.of(new FieldViolation(path, code, message)));
  }
}
