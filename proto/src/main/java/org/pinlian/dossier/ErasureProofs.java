// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinlian.dossier.Story.Signer;
import org.pinlian.dossier.Story.StoryErasure;
import org.pinlian.dossier.Story.StoryLine;
import org.pinlian.dossier.Story.StorySection;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Chains;
import org.pinlian.v1.Erasure;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Role;
import org.pinlian.v1.SectionClass;

/**
 * Finds, for a section that is said to be erased, the erasure and the approval that put it into
 * effect, among records that were verified already. Not thread-safe.
 */
final class ErasureProofs {
  private final HashAlgorithm hash;
  private final ShownLog log;
  private final Signers signers;

  ErasureProofs(HashAlgorithm hash, ShownLog log, Signers signers) {
    this.hash = hash;
    this.log = log;
    this.signers = signers;
  }

  /**
   * What was erased of a record by which statements.
   *
   * @param notices of the record's own subject, oldest first, their entries shown
   * @throws VerificationException if a section is said to be erased that no erasure in effect names
   */
  Map<SectionClass, StoryErasure> of(ReadRecord record, List<ReadRecord> notices)
      throws VerificationException {
    Map<SectionClass, StoryErasure> proved = new HashMap<>();
    for (StorySection section : record.sections()) {
      if (!section.erasedAsTold() || proved.containsKey(section.sectionClass())) {
        continue;
      }
      StoryErasure erasure = find(record, section.sectionClass(), notices);
      if (erasure == null) {
        throw new VerificationException(
            BrokenRule.ERASURE_NOT_PROVED,
            "an approved erasure of " + section.sectionClass() + " of record " + record.place(),
            "none");
      }
      proved.put(section.sectionClass(), erasure);
    }
    return proved;
  }

  private @Nullable StoryErasure find(
      ReadRecord record, SectionClass sectionClass, List<ReadRecord> notices) {
    for (ReadRecord notice : notices) {
      PublicPart part = notice.publicPart();
      if (part == null
          || !part.hasErasure()
          || notice.place().index() <= record.place().index()
          || !part.getErasure().getClassesList().contains(sectionClass)
          || !isDigest(part.getErasure().getRecord(), record.digest())) {
        continue;
      }
      ReadRecord approval = approval(notice, notices);
      if (approval != null) {
        Erasure erasure = part.getErasure();
        return new StoryErasure(
            notice.place(),
            signer(notice),
            approval.place(),
            signer(approval),
            Instant.ofEpochMilli(log.submissionOf(approval).sequencedAt()),
            erasure.getLaw(),
            erasure.getArticle(),
            erasure.getReason());
      }
    }
    return null;
  }

  private @Nullable ReadRecord approval(ReadRecord erasure, List<ReadRecord> notices) {
    for (ReadRecord notice : notices) {
      PublicPart part = notice.publicPart();
      if (part != null
          && part.hasApproval()
          && notice.kind() == Kind.KIND_APPROVAL_VALUE
          && notice.place().index() > erasure.place().index()
          && cites(notice, erasure)
          && isDigest(part.getApproval().getRecord(), erasure.digest())
          && signer(notice).roles().contains(Role.ROLE_AUTHORITY)
          && !signer(notice).participant().equals(signer(erasure).participant())) {
        return notice;
      }
    }
    return null;
  }

  /** By its first record line: the others say what else is touched. */
  private boolean cites(ReadRecord approval, ReadRecord erasure) {
    Hash key = Chains.subjectKey(hash, erasure.place().subject());
    for (StoryLine line : approval.lines()) {
      if (line.role() == LineRole.LINE_ROLE_RECORD) {
        return line.subjectKey().equals(key);
      }
    }
    return false;
  }

  private Signer signer(ReadRecord record) {
    return signers.signer(log.submissionOf(record));
  }

  private static boolean isDigest(ByteString cited, Hash digest) {
    return cited.equals(ByteString.copyFrom(digest.bytes()));
  }
}
