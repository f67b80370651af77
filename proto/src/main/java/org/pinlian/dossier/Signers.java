// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinlian.dossier.Story.Signer;
import org.pinlian.dossier.Story.StoryLine;
import org.pinlian.dossier.Story.StorySection;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Chains;
import org.pinlian.record.DelegationAnswer;
import org.pinlian.record.DelegationTerm;
import org.pinlian.record.FieldRules;
import org.pinlian.record.FieldRules.RoledLine;
import org.pinlian.record.FieldViolation;
import org.pinlian.record.KeyAnswer;
import org.pinlian.record.KeyHistory;
import org.pinlian.record.KeyRecord;
import org.pinlian.record.KeyRegistry;
import org.pinlian.record.KindTable;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.Standing;
import org.pinlian.record.Submissions;
import org.pinlian.signing.KeyFormatException;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.EnrolledKey;
import org.pinlian.v1.Genesis;
import org.pinlian.v1.GenesisAuthority;
import org.pinlian.v1.Kind;
import org.pinlian.v1.Line;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Section;

/**
 * Whose keys were good when, going by genesis and the keys chains shown (formats.md A.4). Fed in
 * the order of the log: each entry is verified, then what it says of keys is applied.
 */
final class Signers {
  private final ShownLog log;
  private final KeyRegistry registry;
  private final Map<Long, Signed> signed = new HashMap<>();
  // By the key of its record subject: where what is shown, and is no gateway's to sign, stands.
  private final Map<Hash, RecordPlace> notDelegable = new HashMap<>();

  /**
   * @param signer whose statement it is
   * @param attestedBy the gateway, if one signed for it
   * @param delegatedAt the entry of the delegation, if a gateway signed; else -1
   */
  private record Signed(Hash keyId, Signer signer, @Nullable Signer attestedBy, long delegatedAt) {}

  Signers(HashAlgorithm hash, ShownLog log) throws VerificationException {
    Genesis genesis = log.genesis();
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
    this.log = log;
    this.registry = KeyRegistry.of(genesis);
    for (ReadRecord record : log.records()) {
      if (!KindTable.isDelegable(record.kind())) {
        notDelegable.put(Chains.subjectKey(hash, record.place().subject()), record.place());
      }
    }
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
    DelegationAnswer.InForce delegated = delegated(submission, valid);
    Standing speaker = delegated == null ? valid.standing() : delegated.principal();
    for (ReadRecord record : records) {
      if (delegated != null) {
        requireDelegated(record, delegated.term());
      }
      if (!KindTable.allowsSigner(record.kind(), speaker.roles())) {
        throw new VerificationException(
            BrokenRule.ROLE_NOT_ALLOWED,
            "a signer who may sign kind " + record.kind() + " at " + record.place(),
            speaker.roles());
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
            signer(speaker, keyId),
            delegated == null ? null : signer(valid.standing(), keyId),
            delegated == null ? -1 : delegated.term().since()));
  }

  private static Signer signer(Standing standing, Hash keyId) {
    return new Signer(
        standing.participant(),
        standing.name(),
        List.copyOf(standing.roles()),
        standing.level(),
        keyId);
  }

  /** The delegation that a gateway signed under; null if the submitter spoke for itself. */
  private DelegationAnswer.@Nullable InForce delegated(
      ReadSubmission submission, KeyAnswer.Valid valid) throws VerificationException {
    Attestation attestation = submission.attestation();
    if (attestation == null) {
      return null;
    }
    DelegationAnswer answer =
        registry.delegation(
            valid, attestation.getPrincipal(), submission.index(), submission.sequencedAt());
    if (answer instanceof DelegationAnswer.InForce inForce) {
      return inForce;
    }
    DelegationAnswer.NotInForce not = (DelegationAnswer.NotInForce) answer;
    throw new VerificationException(
        rule(not.code()),
        attestation.getPrincipal()
            + " letting "
            + valid.key()
            + " sign entry "
            + submission.index(),
        not.message());
  }

  private void requireDelegated(ReadRecord record, DelegationTerm term)
      throws VerificationException {
    Optional<RefusalCode> refusal = term.refusal(record.kind());
    if (refusal.isPresent()) {
      throw new VerificationException(
          rule(refusal.get()),
          "a kind that " + term.principal() + " let a gateway sign, at " + record.place(),
          "kind " + record.kind());
    }
    if (record.kind() == Kind.KIND_VOIDING_VALUE) {
      requireDelegableCited(record);
    }
  }

  /**
   * What a voiding takes back must be open to the gateway too. It stands on the same chains as what
   * it cites, but for that record's own, so that the two are shown together wherever it matters.
   */
  private void requireDelegableCited(ReadRecord voiding) throws VerificationException {
    for (StoryLine line : voiding.lines()) {
      RecordPlace cited =
          line.role() == LineRole.LINE_ROLE_RECORD ? notDelegable.get(line.subjectKey()) : null;
      // What is yet to come cannot be cited: such a line speaks of nothing.
      if (cited != null && cited.index() < voiding.place().index()) {
        throw new VerificationException(
            BrokenRule.NOT_DELEGABLE,
            "a voiding by the signer itself, at " + voiding.place(),
            "one that a gateway signed, of what it could not have signed");
      }
    }
  }

  private static BrokenRule rule(RefusalCode code) {
    return switch (code) {
      case NOT_A_GATEWAY -> BrokenRule.NOT_A_GATEWAY;
      case PRINCIPAL_NOT_VALID -> BrokenRule.PRINCIPAL_NOT_VALID;
      case DELEGATION_EXPIRED -> BrokenRule.DELEGATION_EXPIRED;
      case KIND_NOT_DELEGATED -> BrokenRule.KIND_NOT_DELEGATED;
      case NOT_DELEGABLE -> BrokenRule.NOT_DELEGABLE;
      default -> BrokenRule.NO_DELEGATION;
    };
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

  /** Whose statements a verified entry holds. */
  Signer signer(ReadSubmission submission) {
    return signed(submission.index()).signer;
  }

  /** The gateway that signed a verified entry for somebody else; null if nobody did. */
  @Nullable Signer attestedBy(ReadSubmission submission) {
    return signed(submission.index()).attestedBy;
  }

  /**
   * Whether the key that signed an entry, or the delegation for it, was later said to have been out
   * of hand by then.
   */
  boolean isDoubtful(ReadSubmission submission) {
    Signed found = signed(submission.index());
    KeyHistory key = registry.key(found.keyId);
    if (key != null && key.compromisedSince(KeyHistory.NEVER) <= submission.sequencedAt()) {
      return true;
    }
    ReadSubmission delegation = log.submission(found.delegatedAt);
    return delegation != null && isDoubtful(delegation);
  }

  private Signed signed(long index) {
    Signed found = signed.get(index);
    if (found == null) {
      throw new IllegalStateException("entry " + index + " was not verified");
    }
    return found;
  }
}
