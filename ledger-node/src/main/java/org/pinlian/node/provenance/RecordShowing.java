// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.Merkle;
import org.pinlian.node.sequencing.LoggedRecords.ReadRecord;
import org.pinlian.record.ParsedRecord.ParsedLine;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.Skeleton;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.ProvedGroup;
import org.pinlian.v1.ProvedLine;
import org.pinlian.v1.ProvedRecord;
import org.pinlian.v1.ShownSection;

/** Shows one record in a dossier: what must be shown and what the view shows, and no more. */
final class RecordShowing {
  private final Holdings holdings;
  private final HashAlgorithm hash;
  private final Sight sight;
  private final RecordPlace place;
  private final ReadRecord record;
  private final Wants wants;

  /**
   * What is wanted of the record.
   *
   * @param asked key of the subject asked for, whose line is shown in text wherever it is
   * @param chains keys of the chains that the record is shown on: their lines are shown by key
   * @param leads roles, as bits, of the lines that lead on
   * @param onKeys whether it is on a keys chain, where nothing but sections is withheld
   * @param whole whether the reader sees it whole
   * @param about whether it is about the goods, and not only on the chain of what they once were in
   * @param erased numbers of the sections that are shown as erased
   */
  record Wants(
      Hash asked,
      Set<Hash> chains,
      int leads,
      boolean onKeys,
      boolean whole,
      boolean about,
      Set<Integer> erased) {}

  RecordShowing(Holdings holdings, Sight sight, RecordPlace place, ReadRecord record, Wants wants) {
    this.holdings = holdings;
    this.hash = holdings.hash();
    this.sight = sight;
    this.place = place;
    this.record = record;
    this.wants = wants;
  }

  ProvedRecord show(boolean signerShown) {
    ProvedRecord.Builder shown =
        ProvedRecord.newBuilder()
            .setIndex(place.index())
            .setPosition(place.position())
            .setKind(record.stored().getKind())
            .setSignerShown(signerShown);
    if (wants.whole || wants.onKeys || wants.about) {
      shown.setPublicPart(record.stored().getPublicPart());
    } else {
      shown.setPublicDigest(bytes(record.skeleton().publicDigest()));
    }
    showSections(shown);
    showGroups(shown);
    if (signerShown) {
      for (Hash step : holdings.recordsPath(place, record.digest())) {
        shown.addRecordsPath(bytes(step));
      }
    }
    return shown.build();
  }

  private void showSections(ProvedRecord.Builder shown) {
    List<byte[]> leaves = record.skeleton().sectionLeaves();
    boolean some = !leaves.isEmpty() && (wants.whole || sight.hasPartners());
    ReadRecord read = some ? holdings.recordWithSections(place) : record;
    for (int n = 0; n < leaves.size(); n++) {
      ByteString section = read.sections().get(n);
      boolean seen =
          section != null
              && !wants.erased.contains(n)
              && (wants.whole || sight.seesSection(section, record, holdings));
      shown.addSections(
          seen
              ? ShownSection.newBuilder().setSection(section)
              : ShownSection.newBuilder()
                  .setLeaf(ByteString.copyFrom(leaves.get(n)))
                  .setErased(wants.erased.contains(n)));
    }
  }

  private void showGroups(ProvedRecord.Builder shown) {
    int number = 0;
    for (int g = 0; g < record.skeleton().groups().size(); g++) {
      Skeleton.Group group = record.skeleton().groups().get(g);
      ProvedGroup.Builder proved =
          ProvedGroup.newBuilder().setRole(group.role()).setCount(group.lineLeaves().size());
      for (int i = 0; i < group.lineLeaves().size(); i++) {
        ParsedLine line = record.lines().get(number++);
        if (isInText(line)) {
          proved.addLines(
              ProvedLine.newBuilder()
                  .setNumber(i)
                  .setLine(record.stored().getGroups(g).getLines(i)));
        } else if (isByKey(line)) {
          proved.addLines(
              ProvedLine.newBuilder()
                  .setNumber(i)
                  .setLeaf(ByteString.copyFrom(group.lineLeaves().get(i))));
        }
      }
      shown.addGroups(withPaths(proved, group));
    }
  }

  private boolean isInText(ParsedLine line) {
    return wants.whole
        || wants.onKeys
        || line.subjectKey().equals(wants.asked)
        || saysWhatItApproves(line)
        || (leadsOn(line)
            && line.role() != LineRole.LINE_ROLE_PARENT_VALUE
            && line.role() != LineRole.LINE_ROLE_INPUT_VALUE);
  }

  /** Without which an approval of an erasure would prove nothing. */
  private boolean saysWhatItApproves(ParsedLine line) {
    return wants.about
        && record.stored().getKind() == Kind.KIND_APPROVAL_VALUE
        && line.role() == LineRole.LINE_ROLE_RECORD_VALUE;
  }

  private boolean isByKey(ParsedLine line) {
    return wants.chains.contains(line.subjectKey())
        || (leadsOn(line) && line.role() == LineRole.LINE_ROLE_PARENT_VALUE);
  }

  private boolean leadsOn(ParsedLine line) {
    return (wants.leads >> line.role() & 1) == 1;
  }

  private ProvedGroup withPaths(ProvedGroup.Builder proved, Skeleton.Group group) {
    if (proved.getLinesCount() < proved.getCount()) {
      List<Hash> leaves = new ArrayList<>(group.lineLeaves().size());
      for (byte[] leaf : group.lineLeaves()) {
        leaves.add(hash.leaf(leaf));
      }
      proved.setRoot(bytes(Merkle.rootOfLeafHashes(hash, leaves)));
      for (ProvedLine.Builder line : proved.getLinesBuilderList()) {
        for (Hash step : Merkle.inclusionPath(hash, leaves, line.getNumber())) {
          line.addPath(bytes(step));
        }
      }
    }
    return proved.build();
  }

  private static ByteString bytes(Hash hash) {
    return UnsafeByteOperations.unsafeWrap(hash.bytes());
  }
}
