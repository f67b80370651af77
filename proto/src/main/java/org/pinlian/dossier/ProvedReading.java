// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.InclusionProof;
import org.pinlian.merkle.Merkle;
import org.pinlian.merkle.ProofException;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.Skeleton;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.ProvedGroup;
import org.pinlian.v1.ProvedLine;
import org.pinlian.v1.ProvedRecord;

/**
 * A record of a dossier: of its lines only some are there, each with its path to the group's root.
 *
 * @param record with the lines that are there
 * @param groups ascending by role
 */
record ProvedReading(ReadRecord record, List<Group> groups, boolean signerShown) {
  ProvedReading {
    groups = List.copyOf(groups);
  }

  /**
   * The lines of one role.
   *
   * @param role a number of LineRole
   * @param count of its lines
   * @param texts how many of them are shown in text
   * @param keys how many are shown in text or by their leaf
   */
  record Group(int role, int count, int texts, int keys) {}

  /** Whether every line of the role is shown, in text or by its leaf. */
  boolean showsAll(LineRole role) {
    return groups.stream()
        .filter(group -> group.role() == role.getNumber())
        .allMatch(group -> group.keys() == group.count());
  }

  static ProvedReading read(HashAlgorithm hash, RecordPlace place, ProvedRecord proved)
      throws VerificationException {
    return new Reader(hash, place, proved).read();
  }

  /** One reading; the parts in the order of the digest. */
  private static final class Reader {
    private final HashAlgorithm hash;
    private final RecordPlace place;
    private final ProvedRecord proved;
    private final RecordParts parts;
    private final List<Group> groups = new ArrayList<>();
    private final List<byte[]> headers = new ArrayList<>();

    Reader(HashAlgorithm hash, RecordPlace place, ProvedRecord proved) {
      this.hash = hash;
      this.place = place;
      this.proved = proved;
      this.parts = new RecordParts(hash, proved.getKind(), place);
    }

    ProvedReading read() throws VerificationException {
      int kind = parts.requireKind();
      Hash publicDigest =
          switch (proved.getPublicCase()) {
            case PUBLIC_PART -> parts.readPublicPart(proved.getPublicPart());
            case PUBLIC_DIGEST ->
                CheckpointVerifier.hash(proved.getPublicDigest(), "a public_digest");
            case PUBLIC_NOT_SET -> throw parts.neither("a public part or its digest");
          };
      parts.readSections(proved.getSectionsList());
      for (ProvedGroup group : proved.getGroupsList()) {
        readGroup(group);
      }
      parts.endGroups();
      Hash digest = Skeleton.digest(hash, kind, publicDigest, parts.sectionLeaves(), headers);
      List<Hash> path = CheckpointVerifier.hashes(proved.getRecordsPathList());
      return new ProvedReading(parts.record(place, digest, path), groups, proved.getSignerShown());
    }

    private void readGroup(ProvedGroup group) throws VerificationException {
      int count = group.getCount();
      LineRole role = parts.beginGroup(group.getRole(), count);
      boolean whole = group.getLinesCount() == count;
      List<byte[]> leaves = new ArrayList<>(group.getLinesCount());
      int texts = 0;
      int previous = -1;
      for (ProvedLine line : group.getLinesList()) {
        int number = line.getNumber();
        if (number <= previous) {
          throw parts.broken(
              BrokenRule.OUT_OF_ORDER, "lines ascending by number after " + previous, number + "");
        }
        if (number >= count) {
          throw parts.broken(
              BrokenRule.LINE_BEYOND_COUNT, "a line number below " + count, number + "");
        }
        previous = number;
        switch (line.getShownCase()) {
          case LINE -> {
            leaves.add(parts.readLine(role, number, line.getLine()));
            texts++;
          }
          case LEAF -> leaves.add(parts.readLeaf(role, number, line.getLeaf()));
          case SHOWN_NOT_SET -> throw parts.neither("a line or its leaf");
        }
      }
      Hash root = whole ? wholeRoot(group, leaves) : partRoot(group, leaves);
      headers.add(Skeleton.groupHeader(group.getRole(), count, root));
      groups.add(new Group(group.getRole(), count, texts, leaves.size()));
    }

    /** What follows from what is shown is not said besides. */
    private Hash wholeRoot(ProvedGroup group, List<byte[]> leaves) throws VerificationException {
      if (!group.getRoot().isEmpty()) {
        throw parts.broken(
            BrokenRule.SUPERFLUOUS, "no root of a group shown whole", "role " + group.getRole());
      }
      for (ProvedLine line : group.getLinesList()) {
        if (line.getPathCount() > 0) {
          throw parts.broken(
              BrokenRule.SUPERFLUOUS, "no paths in a group shown whole", "role " + group.getRole());
        }
      }
      return Merkle.root(hash, leaves);
    }

    private Hash partRoot(ProvedGroup group, List<byte[]> leaves) throws VerificationException {
      Hash root = CheckpointVerifier.hash(group.getRoot(), "the root of a group");
      for (int i = 0; i < leaves.size(); i++) {
        ProvedLine line = group.getLines(i);
        verifyInGroup(line, group.getCount(), leaves.get(i), root);
      }
      return root;
    }

    private void verifyInGroup(ProvedLine line, int count, byte[] leaf, Hash root)
        throws VerificationException {
      List<ByteString> path = line.getPathList();
      try {
        new InclusionProof(line.getNumber(), count, CheckpointVerifier.hashes(path))
            .verify(hash, hash.leaf(leaf), root);
      } catch (ProofException e) {
        throw new VerificationException(
            e.reason() == ProofException.Reason.WRONG_PATH_LENGTH
                ? BrokenRule.LINE_PATH_LENGTH
                : BrokenRule.NOT_IN_GROUP,
            e.expected() + " for line " + line.getNumber() + " of record " + place,
            e.found(),
            e);
      }
    }
  }
}
