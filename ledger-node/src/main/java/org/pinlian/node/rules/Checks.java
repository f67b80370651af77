// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinlian.node.rules.Judgement.Refused;
import org.pinlian.v1.GateResult;
import org.pinlian.v1.Inspection;
import org.pinlian.v1.InspectionType;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Role;

/** Who inspects, who stands at the gate, and who speaks of a field or of two codes. */
final class Checks {
  private Checks() {}

  /** A market tests quickly and no more; a laboratory reports in its own name. */
  static @Nullable Refused inspectionRefusal(Statement statement) {
    Inspection inspection = statement.part().getInspection();
    Set<Role> roles = statement.roles();
    boolean inspects = roles.contains(Role.ROLE_LABORATORY) || statement.isByAuthority();
    if (!inspects && inspection.getType() != InspectionType.INSPECTION_TYPE_QUICK_TEST) {
      return refuse(
          statement,
          RefusalCode.ROLE_NOT_ALLOWED,
          "public_part.inspection.type",
          "a market does quick tests only");
    }
    String laboratory = inspection.getLaboratory();
    if (!statement.isByAuthority()
        && laboratory.startsWith("uscc:")
        && !laboratory.equals(statement.signer())) {
      return refuse(
          statement,
          RefusalCode.NOT_PERMITTED,
          "public_part.inspection.laboratory",
          "nobody reports in another's name");
    }
    return null;
  }

  /** 入市查验 is the market's; everybody else who buys collects. */
  static @Nullable Refused gateRefusal(Statement statement) {
    GateResult result = statement.part().getCertificateCheck().getResult();
    boolean gate =
        result == GateResult.GATE_RESULT_ACCEPTED || result == GateResult.GATE_RESULT_ABSENT_TESTED;
    return gate && !statement.roles().contains(Role.ROLE_MARKET)
        ? refuse(
            statement,
            RefusalCode.ROLE_NOT_ALLOWED,
            "public_part.certificate_check.result",
            "only a market lets goods in; a buyer collects or refuses")
        : null;
  }

  static @Nullable Refused farmRefusal(Statement statement) {
    return othersLot(statement, LineRole.LINE_ROLE_OBJECT);
  }

  /** One gives one's own codes to goods that others named, never the other way. */
  static @Nullable Refused sameGoodsRefusal(Statement statement) {
    return othersLot(statement, LineRole.LINE_ROLE_ALIAS);
  }

  private static @Nullable Refused othersLot(Statement statement, LineRole role) {
    for (int n = 0; n < statement.lines().size(); n++) {
      StatementLine line = statement.lines().get(n);
      if (line.role() == role && OwnSubjects.isOthersLot(line, statement.signer())) {
        return refuse(
            statement,
            RefusalCode.NOT_PERMITTED,
            "lines[" + n + "].subject",
            "is another participant's lot");
      }
    }
    return null;
  }

  private static Refused refuse(
      Statement statement, RefusalCode code, String path, String message) {
    return new Refused(statement.place().position(), code, path, message);
  }
}
