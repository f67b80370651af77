// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.node.rules.Judgement.Accepted;
import org.pinlian.node.rules.Judgement.Refused;
import org.pinlian.record.KeyHistory;
import org.pinlian.record.KeyRecord;
import org.pinlian.record.KeyRegistry;
import org.pinlian.record.KindTable;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.CertificateForm;
import org.pinlian.v1.Delegation;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Role;

/**
 * Judges statements: the one door to the trade's rules. No state of its own; called by the
 * sequencing thread, one statement after the other.
 *
 * <p>Fields must have been checked ({@code FieldRules}): a statement that was not may be judged
 * wrongly or end in an exception.
 */
public final class Rules {
  private static final String LOOK_UPS = "urn:pinlian:lookups:";
  private static final String DEVICE = "device:";

  private Rules() {}

  /**
   * Judges a submission's records together: each sees what those before it did, and the first that
   * is refused refuses all. What follows from the whole is in the answer; the view is left as it
   * was, so the caller makes the writes and {@link #applyKeys applies} key records itself.
   */
  public static Judgement judge(RuleView view, List<Statement> submission) {
    if (submission.size() == 1) {
      return judge(view, submission.get(0));
    }
    Overlay overlay = new Overlay(view);
    List<RuleWrite> writes = new ArrayList<>();
    for (Statement statement : submission) {
      switch (judge(overlay, statement)) {
        case Refused refused -> {
          return refused;
        }
        case Accepted accepted -> {
          overlay.take(statement, accepted.writes());
          writes.addAll(accepted.writes());
        }
      }
    }
    return new Accepted(writes);
  }

  /** Judges one record against the state before it. */
  public static Judgement judge(RuleView view, Statement statement) {
    Citation citation =
        switch (statement.kind()) {
          case KIND_CUSTODY_ANSWER,
              KIND_CUSTODY_CANCEL,
              KIND_VOIDING,
              KIND_CORRECTION,
              KIND_APPROVAL,
              KIND_ORDER_PROGRESS,
              KIND_ERASURE ->
              Citation.of(view, statement);
          default -> null;
        };
    Refused refused = refusal(view, citation, statement);
    if (refused != null) {
      return refused;
    }
    // All that a later refusal, an erasure or the public notices need, and no more: what is merely
    // suspicious is found afterwards, whatever the order in which the records came.
    RuleWrite write =
        switch (statement.kind()) {
          case KIND_APPROVAL ->
              citation == null ? null : Erasures.approved(view, citation, statement);
          case KIND_ORDER -> Orders.given(statement);
          default -> null;
        };
    return write == null ? Accepted.WITHOUT_WRITES : new Accepted(List.of(write));
  }

  /**
   * Applies an accepted statement to the registry, if it concerns keys.
   *
   * @return the write that {@link KeyRegistry#restore} will need, under {@link RuleTable#KEYS};
   *     null if there is none
   */
  public static @Nullable RuleWrite applyKeys(KeyRegistry registry, Statement statement) {
    if (!KeyRecord.concerns(statement.part())) {
      return null;
    }
    return registry
        .apply(statement.keyRecord())
        .map(entry ->
            new RuleWrite(new RuleKey(RuleTable.KEYS, entry.key()), entry.value().toByteArray()))
        .orElse(null);
  }

  // Refusing -------------------------------------------------------------------------------------

  private static @Nullable Refused refusal(
      RuleView view, @Nullable Citation citation, Statement statement) {
    int kind = number(statement.kind());
    if (!KindTable.isKnown(kind)) {
      return refuse(statement, RefusalCode.UNKNOWN_KIND, "kind", "no such kind of record");
    }
    if (!KindTable.isBuilt(kind)) {
      return refuse(
          statement,
          RefusalCode.KIND_NOT_BUILT,
          "kind",
          statement.kind() + " is not accepted by this release");
    }
    if (!KindTable.allowsSigner(kind, statement.roles())) {
      return refuse(
          statement,
          RefusalCode.ROLE_NOT_ALLOWED,
          "kind",
          statement.kind() + " is not open to the roles " + statement.roles());
    }
    if (KeyRecord.concerns(statement.part())) {
      Optional<KeyRegistry.Objection> objection = view.registry().objection(statement.keyRecord());
      if (objection.isPresent()) {
        return refuse(
            statement, objection.get().code(), objection.get().path(), objection.get().message());
      }
    }
    return switch (statement.kind()) {
      case KIND_DELEGATION -> delegationRefusal(view, statement);
      case KIND_COMMITMENT_CERTIFICATE -> certificateRefusal(statement);
      case KIND_CUSTODY_ANSWER ->
          citation == null ? noCitation(statement) : Custody.refusal(citation, statement);
      case KIND_CUSTODY_CANCEL ->
          citation == null ? noCitation(statement) : Custody.cancelRefusal(citation, statement);
      case KIND_TEMPERATURE_LOG -> logRefusal(statement);
      case KIND_CERTIFICATE_CHECK -> Checks.gateRefusal(statement);
      case KIND_FARM_RECORD -> Checks.farmRefusal(statement);
      case KIND_SAME_GOODS -> Checks.sameGoodsRefusal(statement);
      case KIND_INSPECTION -> Checks.inspectionRefusal(statement);
      case KIND_ORDER -> Orders.refusal(statement);
      case KIND_ORDER_PROGRESS ->
          citation == null ? noCitation(statement) : Orders.progressRefusal(citation, statement);
      case KIND_CORRECTION ->
          citation == null ? noCitation(statement) : Corrections.refusal(citation, statement);
      case KIND_VOIDING ->
          citation == null ? noCitation(statement) : voidingRefusal(citation, statement);
      case KIND_APPROVAL ->
          citation == null ? noCitation(statement) : approvalRefusal(citation, statement);
      case KIND_ERASURE ->
          citation == null ? noCitation(statement) : Erasures.refusal(citation, statement);
      case KIND_LOOK_UP -> lookUpRefusal(statement);
      default -> null;
    };
  }

  private static int number(Kind kind) {
    return kind == Kind.UNRECOGNIZED ? -1 : kind.getNumber();
  }

  /** A delegation to a key that cannot sign would be found out only when the goods are moving. */
  private static @Nullable Refused delegationRefusal(RuleView view, Statement statement) {
    Delegation delegation = statement.part().getDelegation();
    KeyRegistry registry = view.registry();
    KeyHistory key = registry.key(Hash.of(delegation.getKeyId().toByteArray()));
    if (key == null || !key.participant().equals(delegation.getGateway())) {
      return refuse(
          statement,
          RefusalCode.BAD_FIELD,
          "public_part.delegation.key_id",
          "is no key of " + delegation.getGateway());
    }
    if (delegation.getKindsCount() == 0) {
      return null;
    }
    if (key.revokedAt() != KeyHistory.NEVER) {
      return refuse(
          statement,
          RefusalCode.BAD_FIELD,
          "public_part.delegation.key_id",
          "was revoked at entry " + key.revokedAt());
    }
    boolean gateway =
        registry
            .standing(delegation.getGateway(), statement.place().index())
            .filter(standing -> standing.roles().contains(Role.ROLE_GATEWAY))
            .isPresent();
    return gateway
        ? null
        : refuse(
            statement,
            RefusalCode.NOT_A_GATEWAY,
            "public_part.delegation.gateway",
            delegation.getGateway() + " is no gateway");
  }

  /**
   * 谁生产谁承诺: nobody commits for another, and nobody but a producer makes a producer's commitment.
   */
  private static @Nullable Refused certificateRefusal(Statement statement) {
    int line = statement.firstLine(LineRole.LINE_ROLE_CERTIFICATE);
    if (line >= 0
        && !OwnSubjects.isOf(
            OwnSubjects.CERTIFICATE, statement.lines().get(line), statement.signer())) {
      return refuse(
          statement,
          RefusalCode.NOT_PERMITTED,
          "lines[" + line + "].subject",
          "a certificate is signed by the participant it names");
    }
    if (statement.part().getCommitmentCertificate().getForm()
            == CertificateForm.CERTIFICATE_FORM_2025_1
        && !statement.roles().contains(Role.ROLE_PRODUCER)) {
      return refuse(
          statement,
          RefusalCode.ROLE_NOT_ALLOWED,
          "public_part.commitment_certificate.form",
          "form 2025-1 is the producer's; whoever collects gives out form 2025-2");
    }
    return null;
  }

  /** A logger that signs speaks for itself only. */
  private static @Nullable Refused logRefusal(Statement statement) {
    if (statement.signer().startsWith(DEVICE)
        && !statement.part().getTemperatureLog().getDevice().equals(statement.signer())) {
      return refuse(
          statement,
          RefusalCode.NOT_PERMITTED,
          "public_part.temperature_log.device",
          "a device signs its own readings");
    }
    return null;
  }

  private static @Nullable Refused voidingRefusal(Citation citation, Statement statement) {
    CitedRecord cited = citation.record();
    // Or a gateway could take back, by itself, the very commitment it may not make.
    if (cited != null
        && statement.attester() != null
        && !KindTable.isDelegable(number(cited.kind()))) {
      return refuse(
          statement,
          RefusalCode.NOT_DELEGABLE,
          "lines[" + citation.line() + "].subject",
          cited.kind() + " is the signer's own to void");
    }
    if (!statement.isByAuthority()) {
      if (cited != null && !cited.signer().equals(statement.signer())) {
        return refuse(
            statement,
            RefusalCode.NOT_PERMITTED,
            "lines[" + citation.line() + "].subject",
            "only the signer of " + cited.place() + " or an authority voids it");
      }
      int line = statement.firstLine(LineRole.LINE_ROLE_CERTIFICATE);
      if (line >= 0
          && !OwnSubjects.isOf(
              OwnSubjects.CERTIFICATE, statement.lines().get(line), statement.signer())) {
        return refuse(
            statement,
            RefusalCode.NOT_PERMITTED,
            "lines[" + line + "].subject",
            "is another participant's certificate");
      }
    }
    return strangerRefusal(cited, statement, line -> false);
  }

  private static @Nullable Refused approvalRefusal(Citation citation, Statement statement) {
    CitedRecord cited = citation.record();
    if (cited != null
        && (cited.signer().equals(statement.signer())
            || cited.submitter().equals(statement.signer()))) {
      return refuse(
          statement,
          RefusalCode.NOT_PERMITTED,
          "lines[" + citation.line() + "].subject",
          "nobody approves what they signed themselves");
    }
    if (cited != null && cited.kind() == Kind.KIND_ERASURE) {
      Refused refused = Erasures.approvalRefusal(cited, statement);
      if (refused != null) {
        return refused;
      }
    }
    return strangerRefusal(cited, statement, line -> false);
  }

  /** Or one authority could be made to look as if it had been curious about something. */
  private static @Nullable Refused lookUpRefusal(Statement statement) {
    int line = statement.firstLine(LineRole.LINE_ROLE_LOOK_UPS);
    if (line >= 0 && !statement.lines().get(line).subject().equals(LOOK_UPS + statement.signer())) {
      return refuse(
          statement,
          RefusalCode.NOT_PERMITTED,
          "lines[" + line + "].subject",
          "an authority records its own look-ups only");
    }
    return null;
  }

  /**
   * Notices are shown to every reader first. They reach only what the record they cite is about, or
   * a voiding of one's own trifle could put a warning on somebody else's goods.
   *
   * @param also what they reach beyond
   */
  static @Nullable Refused strangerRefusal(
      @Nullable CitedRecord cited, Statement statement, Predicate<StatementLine> also) {
    // Once for all lines: both records may have ten thousand.
    Set<Hash> touched = new HashSet<>();
    if (cited != null) {
      for (StatementLine line : cited.lines()) {
        touched.add(line.key());
      }
    }
    int citing = statement.firstLine(LineRole.LINE_ROLE_RECORD);
    for (int n = 0; n < statement.lines().size(); n++) {
      StatementLine line = statement.lines().get(n);
      if (n != citing && !touched.contains(line.key()) && !also.test(line)) {
        return refuse(
            statement,
            RefusalCode.NOT_PERMITTED,
            "lines[" + n + "].subject",
            cited == null
                ? "a notice on goods cites a record of this ledger that touches them"
                : "is not touched by the record at " + cited.place());
      }
    }
    return null;
  }

  private static Refused noCitation(Statement statement) {
    return refuse(statement, RefusalCode.BAD_FIELD, "lines", "needs a record line");
  }

  private static Refused refuse(
      Statement statement, RefusalCode code, String path, String message) {
    return new Refused(statement.place().position(), code, path, message);
  }

  /** What a submission's later records see: the view, and what its earlier records did. */
  private static final class Overlay implements RuleView {
    private final RuleView view;
    // Asked by key only, so its order is nobody's business.
    private final Map<RuleKey, RuleWrite> written = new HashMap<>();
    private @Nullable KeyRegistry registry;

    Overlay(RuleView view) {
      this.view = view;
    }

    void take(Statement statement, List<RuleWrite> writes) {
      for (RuleWrite write : writes) {
        written.put(write.key(), write);
      }
      if (KeyRecord.concerns(statement.part())) {
        if (registry == null) {
          registry = view.registry().overlay();
        }
        registry.apply(statement.keyRecord());
      }
    }

    @Override
    public byte @Nullable [] get(RuleKey key) {
      RuleWrite write = written.get(key);
      return write != null ? write.value() : view.get(key);
    }

    @Override
    public Optional<CitedRecord> record(RecordPlace place) {
      return view.record(place);
    }

    @Override
    public KeyRegistry registry() {
      return registry == null ? view.registry() : registry;
    }
  }
}
