// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.tools.evidence.EvidenceException;
import org.pinlian.tools.evidence.EvidencePackage;
import org.pinlian.tools.evidence.EvidencePackage.Part;
import org.pinlian.tools.evidence.Manifest;
import org.pinlian.tools.evidence.TimeStamp;

/**
 * An evidence package that holds together: packed as packages are, every file as the manifest has
 * it, and a time stamp, if there is one, over its dossier. What the dossier proves is yet to be
 * verified.
 *
 * @param asOf the stated time, in the word of whoever packed it
 * @param samePolicy whether it was packed under the reader's own policy
 */
record EvidenceCheck(
    ByteString dossier, Instant asOf, boolean samePolicy, @Nullable TimeStamp stamp) {

  static EvidenceCheck of(byte[] archive, TrustPolicy policy, TimeStampOptions stamps)
      throws IOException, EvidenceException {
    EvidencePackage files = EvidencePackage.read(archive);
    ByteString dossier = files.require(Part.DOSSIER);
    Optional<ByteString> response = files.file(Part.STAMP);
    TimeStamp stamp =
        response.isEmpty()
            ? null
            : stamps.check(
                files.require(Part.STAMP_REQUEST).toByteArray(),
                response.get().toByteArray(),
                dossier);
    return new EvidenceCheck(
        dossier,
        Manifest.parse(files.require(Part.MANIFEST)).asOf(),
        files.require(Part.POLICY).equals(ByteString.copyFrom(policy.bytes())),
        stamp);
  }

  static void addStamp(ObjectNode json, @Nullable TimeStamp stamp) {
    if (stamp != null) {
      ObjectNode one = json.putObject("timeStamp");
      one.put("at", stamp.at().toString());
      one.put("authority", stamp.authority());
      one.put("trusted", stamp.trusted());
    }
  }

  static List<String> lines(Instant asOf, @Nullable TimeStamp stamp) {
    List<String> lines = new ArrayList<>();
    lines.add("  所述时间 as of     " + asOf);
    lines.add(
        "  时间戳 time stamp  "
            + (stamp == null
                ? "无 none"
                : stamp.at()
                    + ", "
                    + Paint.clean(stamp.authority())
                    + (stamp.trusted()
                        ? ", 链至所给根证书 leads to a root given, revocation not asked about"
                        : ", 未对照根证书 not checked against a root")));
    return lines;
  }
}
