// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pinlian.dossier.Story.Signer;
import org.pinlian.dossier.Story.StoryLine;
import org.pinlian.dossier.Story.StorySection;
import org.pinlian.merkle.Hash;
import org.pinlian.record.FieldRules;
import org.pinlian.record.FieldRules.RoledLine;
import org.pinlian.record.FieldViolation;
import org.pinlian.record.KeyAnswer;
import org.pinlian.record.KeyHistory;
import org.pinlian.record.KeyRecord;
import org.pinlian.record.KeyRegistry;
import org.pinlian.record.KindTable;
import org.pinlian.record.Submissions;
import org.pinlian.signing.KeyFormatException;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.v1.EnrolledKey;
import org.pinlian.v1.Genesis;
import org.pinlian.v1.GenesisAuthority;
import org.pinlian.v1.Kind;
import org.pinlian.v1.Line;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Section;

/**
 * Whose keys were good when, going by genesis and the keys chains shown (formats.md A.4). Fed in
 * the order of the log: each entry is verified, then what it says of keys is applied.
 */
final class Signers {
  private final KeyRegistry registry;
  private final Map<Long, Signed> signed = new HashMap<>();

  private record Signed(Hash keyId, Signer signer) {}

  Signers(Genesis genesis) throws VerificationException {
    // A policy that names no genesis takes any: also one with keys that are none.
    for (GenesisAuthority authority : genesis.getAuthoritiesList()) {
      for (EnrolledKey key : authority.getKeysList()) {
        try {
          VerifyingKey unused = VerifyingKey.ofSpki(key.getSpki().toByteArray());
        } catch (KeyFormatException e) {
          throw new VerificationException(BrokenRule.MALFORMED, "keys in genesis", e);
        }
      }
    }
    this.registry = KeyRegistry.of(genesis);
  }

  /** Checks who signed an entry, and that they may sign each of its records that are shown. */
  void verify(ReadSubmission submission, List<ReadRecord> records) throws VerificationException {
    long index = submission.index();
    Hash keyId = CheckpointVerifier.hash(submission.signed().getKeyId(), "a key_id");
    KeyAnswer.Valid valid = valid(registry.check(keyId, index, submission.sequencedAt()), index);
    String participant = valid.key().participant();
    if (!participant.equals(submission.header().getSubmitter())) {
      throw new VerificationException(
          BrokenRule.WRONG_SUBMITTER,
          "a key of " + submission.header().getSubmitter() + " in entry " + index,
          "a key of " + participant);
    }
    for (ReadRecord record : records) {
      if (!KindTable.allowsSigner(record.kind(), valid.standing().roles())) {
        throw new VerificationException(
            BrokenRule.ROLE_NOT_ALLOWED,
            "a signer who may sign kind " + record.kind() + " at " + record.place(),
            valid.standing().roles());
      }
    }
    if (!valid
        .key()
        .verifyingKey()
        .verifies(
            Submissions.signedMessage(submission.signed().getHeader()),
            submission.signed().getSignature().toByteArray())) {
      throw new VerificationException(
          BrokenRule.BAD_SIGNATURE,
          "a signature by " + valid.key() + " over the header of entry " + index,
          ReadEntry.hex(submission.signed().getSignature()));
    }
    signed.put(
        index,
        new Signed(
            keyId,
            new Signer(
                participant,
                valid.standing().name(),
                List.copyOf(valid.standing().roles()),
                valid.standing().level(),
                keyId)));
  }

  private static KeyAnswer.Valid valid(KeyAnswer answer, long index) throws VerificationException {
    if (answer instanceof KeyAnswer.Valid valid) {
      return valid;
    }
    if (answer instanceof KeyAnswer.NotValid notValid) {
      throw new VerificationException(
          BrokenRule.KEY_NOT_VALID,
          notValid.key() + " valid for entry " + index,
          notValid.message());
    }
    throw new VerificationException(
        BrokenRule.UNKNOWN_KEY, "a key enrolled before entry " + index, answer);
  }

  /**
   * Takes a record of a keys chain into account, if the ledger should have let it in: whoever could
   * slip in an enrolment could sign anything.
   */
  void apply(ReadRecord record, String submitter) throws VerificationException {
    PublicPart part = record.requirePublicPart();
    List<RoledLine> lines = new ArrayList<>(record.lines().size());
    List<String> subjects = new ArrayList<>(record.lines().size());
    for (StoryLine line : record.lines()) {
      String subject = line.subject();
      if (subject == null) {
        throw new VerificationException(
            BrokenRule.WITHHELD, "every line of record " + record.place(), "a leaf");
      }
      // Any good salt: those of the lines were checked when they were read.
      lines.add(
          new RoledLine(
              line.role().getNumber(),
              Line.newBuilder().setSalt(part.getSalt()).setSubject(subject).build()));
      subjects.add(subject);
    }
    List<Section> sections = new ArrayList<>();
    for (StorySection section : record.sections()) {
      Section content = section.content();
      if (content != null) {
        sections.add(content);
      }
    }
    List<FieldViolation> violations =
        FieldRules.check(kind(record), part, sections, List.copyOf(lines));
    if (!violations.isEmpty()) {
      throw notAllowed(record, violations.get(0));
    }
    KeyRecord keyRecord =
        new KeyRecord(record.place(), record.digest(), submitter, part, List.copyOf(subjects));
    var objection = registry.objection(keyRecord);
    if (objection.isPresent()) {
      throw notAllowed(record, objection.get());
    }
    var unused = registry.apply(keyRecord);
  }

  private static Kind kind(ReadRecord record) {
    Kind kind = Kind.forNumber(record.kind());
    return kind == null ? Kind.UNRECOGNIZED : kind;
  }

  private static VerificationException notAllowed(ReadRecord record, Object why) {
    return new VerificationException(
        BrokenRule.KEYS_RECORD_NOT_ALLOWED,
        "a record " + record.place() + " that may stand on a keys chain",
        why);
  }

  /** Who signed a verified entry. */
  Signer signer(ReadSubmission submission) {
    return signed(submission.index()).signer;
  }

  /** Whether the key that signed an entry was later said to have been out of hand by then. */
  boolean isDoubtful(ReadSubmission submission) {
    KeyHistory key = registry.key(signed(submission.index()).keyId);
    return key != null && key.compromisedSince(KeyHistory.NEVER) <= submission.sequencedAt();
  }

  private Signed signed(long index) {
    Signed found = signed.get(index);
    if (found == null) {
      throw new IllegalStateException("entry " + index + " was not verified");
    }
    return found;
  }
}
