// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.v1.Approval;
import org.pinlian.v1.Area;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.Correction;
import org.pinlian.v1.CurvePoint;
import org.pinlian.v1.Delegation;
import org.pinlian.v1.Dispatch;
import org.pinlian.v1.Enrolment;
import org.pinlian.v1.Erasure;
import org.pinlian.v1.Intake;
import org.pinlian.v1.KeyRevocation;
import org.pinlian.v1.KeyRotation;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.LookUp;
import org.pinlian.v1.Place;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Role;
import org.pinlian.v1.SameGoods;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.TemperatureClass;
import org.pinlian.v1.TemperatureLog;
import org.pinlian.v1.TemperatureRange;
import org.pinlian.v1.TemperatureReadings;
import org.pinlian.v1.Voiding;

/**
 * The bodies of public parts, kind by kind, and what each asks of the record's lines and sections.
 */
final class BodyRules {
  static final int KEYS_MAX = 100;
  static final int CURVE_MAX = 100;

  private final FieldChecks checks;
  private final LineTable lines;
  private final LineRules needed;
  private final SectionTable sections;

  BodyRules(FieldChecks checks, LineTable lines, SectionTable sections) {
    this.checks = checks;
    this.lines = lines;
    this.needed = new LineRules(checks, lines);
    this.sections = sections;
  }

  /** The body must be that of the record's kind, which must be built. */
  void check(PublicPart part) {
    FieldPath in = FieldPath.PUBLIC_PART;
    switch (part.getBodyCase()) {
      case ENROLMENT -> check(in.in("enrolment"), part.getEnrolment());
      case KEY_ROTATION -> check(in.in("key_rotation"), part.getKeyRotation());
      case KEY_REVOCATION -> check(in.in("key_revocation"), part.getKeyRevocation());
      case DELEGATION -> check(in.in("delegation"), part.getDelegation());
      case PRODUCT -> new ProductRules(checks, lines).check(part.getProduct());
      case PLACE -> check(in.in("place"), part.getPlace());
      case TRACE_EVENT -> new EventRules(checks, lines, sections).check(part.getTraceEvent());
      case COMMITMENT_CERTIFICATE ->
          new CertificateRules(checks, lines).check(part.getCommitmentCertificate());
      case CERTIFICATE_CHECK ->
          new CertificateCheckRules(checks, lines).check(part.getCertificateCheck());
      case CUSTODY_OFFER -> custody().check(part.getCustodyOffer());
      case CUSTODY_ANSWER -> custody().check(part.getCustodyAnswer());
      case CUSTODY_CANCEL -> custody().check(part.getCustodyCancel());
      case INTAKE -> check(in.in("intake"), part.getIntake());
      case DISPATCH -> check(in.in("dispatch"), part.getDispatch());
      case TEMPERATURE_LOG -> check(in.in("temperature_log"), part.getTemperatureLog());
      case FARM_RECORD -> new FarmRules(checks, lines).check(part.getFarmRecord());
      case SAME_GOODS -> check(in.in("same_goods"), part.getSameGoods());
      case INSPECTION -> new InspectionRules(checks, lines).check(part.getInspection());
      case ORDER -> new OrderRules(checks, lines, sections).check(part.getOrder());
      case VOIDING -> check(in.in("voiding"), part.getVoiding());
      case CORRECTION -> check(in.in("correction"), part.getCorrection());
      case APPROVAL -> check(in.in("approval"), part.getApproval());
      case ORDER_PROGRESS -> new OrderRules(checks, lines, sections).check(part.getOrderProgress());
      case ERASURE -> check(in.in("erasure"), part.getErasure());
      case LOOK_UP -> check(in.in("look_up"), part.getLookUp());
      case PRODUCT_REGISTRATION ->
          new ProductRules(checks, lines).check(part.getProductRegistration());
      case BODY_NOT_SET -> throw new IllegalArgumentException("a body without a kind");
    }
  }

  private CustodyRules custody() {
    return new CustodyRules(checks, lines, sections);
  }

  private void check(FieldPath at, Enrolment enrolment) {
    ParticipantId participant = keysLine(at, enrolment.getParticipant());
    if (participant != null) {
      switch (participant.scheme()) {
        case FARMER -> {
          if (!enrolment.getName().isEmpty()) {
            checks.bad(at, "name", "a natural person's name is left empty: it could not be erased");
          }
        }
        case DEVICE -> checks.name(at, "name", enrolment.getName());
        case USCC, GLN -> checks.requiredName(at, "name", enrolment.getName());
      }
    }
    boolean authority = roles(at, enrolment.getRolesList());
    if (authority) {
      checks.requiredChoice(at, "level", enrolment.getLevel());
    } else if (enrolment.getLevel() != AuthorityLevel.AUTHORITY_LEVEL_UNSPECIFIED) {
      checks.bad(at, "level", "only an authority has a level");
    }
    if (participant == null || participant.scheme() != ParticipantId.Scheme.DEVICE) {
      checks.requiredRegion(at, "region", enrolment.getRegion());
    } else {
      checks.region(at, "region", enrolment.getRegion());
    }
    keys(at, enrolment);
    checks.instant(at, "valid_from", enrolment.getValidFrom());
    checks.instant(at, "valid_until", enrolment.getValidUntil());
    if (enrolment.getValidUntil() != 0 && enrolment.getValidUntil() < enrolment.getValidFrom()) {
      checks.bad(at, "valid_until", "must not be before valid_from");
    }
  }

  /** Whether an authority's is among them. */
  private boolean roles(FieldPath at, List<Role> roles) {
    if (roles.isEmpty()) {
      checks.missing(at, "roles");
    }
    int seen = 0;
    for (int i = 0; i < roles.size() && !checks.isFull(); i++) {
      Role role = roles.get(i);
      checks.requiredChoice(at.in("roles", i), "", role);
      if (role != Role.UNRECOGNIZED) {
        if ((seen >>> role.getNumber() & 1) == 1) {
          checks.bad(at.in("roles", i), "", role + " is given twice");
        }
        seen |= 1 << role.getNumber();
      }
    }
    return (seen >>> Role.ROLE_AUTHORITY_VALUE & 1) == 1;
  }

  private void keys(FieldPath at, Enrolment enrolment) {
    int count = enrolment.getKeysCount();
    if (count > KEYS_MAX) {
      checks.limit(at, "keys", count, KEYS_MAX, "keys");
      return;
    }
    Set<Hash> seen = new HashSet<>();
    for (int i = 0; i < count; i++) {
      VerifyingKey key = checks.key(at.in("keys", i), "spki", enrolment.getKeys(i).getSpki());
      if (key != null && !seen.add(key.keyId())) {
        checks.bad(at.in("keys", i), "spki", "the same key is given twice");
      }
    }
  }

  private void check(FieldPath at, KeyRotation rotation) {
    keysLine(at, rotation.getParticipant());
    if (!rotation.hasKey()) {
      checks.missing(at, "key");
      return;
    }
    VerifyingKey key = checks.key(at.in("key"), "spki", rotation.getKey().getSpki());
    if (!rotation.getReplaces().isEmpty()) {
      checks.digest(at, "replaces", rotation.getReplaces());
      if (key != null
          && rotation.getReplaces().size() == Hash.SIZE
          && key.keyId().equals(Hash.of(rotation.getReplaces().toByteArray()))) {
        checks.bad(at, "replaces", "a key cannot replace itself");
      }
    }
  }

  private void check(FieldPath at, KeyRevocation revocation) {
    keysLine(at, revocation.getParticipant());
    checks.digest(at, "key_id", revocation.getKeyId());
    checks.text(at, "reason", revocation.getReason());
    checks.instant(at, "compromised_since", revocation.getCompromisedSince());
  }

  private void check(FieldPath at, Delegation delegation) {
    keysLine(at, delegation.getParticipant());
    ParticipantId gateway = checks.participant(at, "gateway", delegation.getGateway());
    if (gateway != null && delegation.getGateway().equals(delegation.getParticipant())) {
      checks.bad(at, "gateway", "nobody delegates to themselves");
    }
    checks.digest(at, "key_id", delegation.getKeyId());
    int last = 0;
    for (int i = 0; i < delegation.getKindsCount() && !checks.isFull(); i++) {
      int kind = delegation.getKindsValue(i);
      if (!KindTable.isDelegable(kind)) {
        checks.refuse(
            at.in("kinds", i).toString(),
            KindTable.isKnown(kind) ? RefusalCode.NOT_DELEGABLE : RefusalCode.BAD_FIELD,
            KindTable.isKnown(kind)
                ? delegation.getKinds(i) + " can be let to nobody"
                : "there is no kind " + kind);
      } else if (kind <= last) {
        checks.bad(at.in("kinds", i), "", "kinds ascend, each once");
      }
      last = kind;
    }
    if (delegation.getKindsCount() > 0) {
      checks.requiredInstant(at, "valid_until", delegation.getValidUntil());
    } else if (delegation.getValidUntil() != 0) {
      checks.bad(at, "valid_until", "a delegation of no kinds ends, and has no end of its own");
    }
  }

  /** The record touches the participant's keys chain and nothing else. */
  private @Nullable ParticipantId keysLine(FieldPath at, String participant) {
    ParticipantId id = checks.participant(at, "participant", participant);
    needed.exactlyOne(LineRole.LINE_ROLE_KEYS);
    int line = lines.first(LineRole.LINE_ROLE_KEYS);
    Subject subject = line < 0 ? null : lines.subject(line);
    if (id != null && subject != null && !subject.equals(Subject.keys(id))) {
      checks.refuse(
          "lines[" + line + "].subject",
          RefusalCode.BAD_SUBJECT,
          "must be the keys chain of the participant, " + Subject.keys(id));
    }
    return id;
  }

  private void check(FieldPath at, Place place) {
    needed.exactlyOne(LineRole.LINE_ROLE_PLACE);
    checks.requiredName(at, "name", place.getName());
    if (place.hasArea()) {
      area(checks, at.in("area"), place.getArea());
    } else {
      checks.missing(at, "area");
    }
  }

  private void check(FieldPath at, Intake intake) {
    needed.atLeastOneObject();
    otherSide();
    checks.requiredDate(at, "received_on", intake.getReceivedOn());
    checks.requiredName(at, "product_name", intake.getProductName());
    checks.name(at, "specification", intake.getSpecification());
    checks.name(at, "lot", intake.getLot());
    checks.date(at, "produced_on", intake.getProducedOn());
    checks.date(at, "expires_on", intake.getExpiresOn());
  }

  private void check(FieldPath at, Dispatch dispatch) {
    needed.atLeastOneObject();
    otherSide();
    checks.requiredDate(at, "dispatched_on", dispatch.getDispatchedOn());
    checks.requiredName(at, "product_name", dispatch.getProductName());
    checks.name(at, "specification", dispatch.getSpecification());
    checks.name(at, "lot", dispatch.getLot());
    checks.date(at, "produced_on", dispatch.getProducedOn());
    checks.date(at, "expires_on", dispatch.getExpiresOn());
  }

  /** 食品安全法 arts. 50, 53, 65: from whom, or to whom. A natural person stands in `personal`. */
  private void otherSide() {
    boolean named =
        sections.trade() != null && !sections.trade().getCounterparty().getName().isEmpty();
    if (!named && !sections.personal()) {
      checks.bad(
          sections.tradeAt(),
          "counterparty.name",
          "must be given, or a personal section that names a natural person");
    }
  }

  private void check(FieldPath at, TemperatureLog log) {
    checks.requiredName(at, "device", log.getDevice());
    checks.requiredDate(at, "calibrated_until", log.getCalibratedUntil());
    limits(checks, at, log.getTemperatureClass(), log.hasLabelRange(), log.getLabelRange());
    checks.requiredChoice(at, "medium", log.getMedium());
    checks.requiredInstant(at, "from", log.getFrom());
    checks.requiredInstant(at, "until", log.getUntil());
    if (log.getUntil() != 0 && log.getUntil() < log.getFrom()) {
      checks.bad(at, "until", "must not be before from");
    }
    checks.requiredChoice(at, "verdict", log.getVerdict());
    curve(checks, at, log.getCurveList());
    for (int i = 0; i < log.getCurveCount() && i < CURVE_MAX && !checks.isFull(); i++) {
      CurvePoint point = log.getCurve(i);
      if (point.getAt() < log.getFrom() || point.getAt() > log.getUntil()) {
        checks.bad(at.in("curve", i), "at", "must lie from `from` until `until`");
      }
      if (point.getValue() < FieldChecks.TEMPERATURE_MIN
          || point.getValue() > FieldChecks.TEMPERATURE_MAX) {
        checks.bad(at.in("curve", i), "value", FieldChecks.temperatureMessage(point.getValue()));
      }
    }
    if (log.getUntil() >= log.getFrom() && sections.trade() != null && sections.readings()) {
      readingsWithin(log, sections.trade().getReadings());
    }
  }

  /** Readings come in whole seconds, so the ends are taken to the second that holds them. */
  private void readingsWithin(TemperatureLog log, TemperatureReadings readings) {
    FieldPath at = sections.tradeAt().in("readings");
    int count = readings.getSecondsCount();
    if (count == 0) {
      return;
    }
    long first = readings.getFromSeconds() + Integer.toUnsignedLong(readings.getSeconds(0));
    if (first < log.getFrom() / 1000) {
      checks.bad(at, "seconds[0]", "reading lies before the log's `from`");
    }
    long last = readings.getFromSeconds();
    for (int i = 0; i < count; i++) {
      last += Integer.toUnsignedLong(readings.getSeconds(i));
    }
    if (last > (log.getUntil() + 999) / 1000) {
      checks.bad(at, "seconds[" + (count - 1) + "]", "reading lies after the log's `until`");
    }
  }

  private void check(FieldPath at, SameGoods same) {
    needed.exactlyOne(LineRole.LINE_ROLE_OBJECT);
    if (lines.count(LineRole.LINE_ROLE_ALIAS) == 0) {
      checks.refuse("lines", RefusalCode.BAD_FIELD, "needs an alias line");
    }
    Set<Subject> seen = new HashSet<>();
    for (int n = 0; n < lines.size() && !checks.isFull(); n++) {
      Subject subject = lines.subject(n);
      if (subject != null && !seen.add(subject)) {
        checks.refuse(
            "lines[" + n + "].subject", RefusalCode.BAD_SUBJECT, "is the same code once more");
      }
    }
    checks.requiredText(at, "reason", same.getReason());
  }

  private void check(FieldPath at, Voiding voiding) {
    needed.exactlyOne(LineRole.LINE_ROLE_RECORD);
    checks.digest(at, "record", voiding.getRecord());
    checks.requiredText(at, "reason", voiding.getReason());
  }

  /** Its first record line is what it corrects, which may cite one or two records itself. */
  private void check(FieldPath at, Correction correction) {
    needed.oneUpTo(3, LineRole.LINE_ROLE_RECORD);
    checks.digest(at, "record", correction.getRecord());
    checks.requiredInstant(at, "declared_at", correction.getDeclaredAt());
    checks.requiredText(at, "reason", correction.getReason());
    checks.optionalDigest(at, "replacement", correction.getReplacement());
    if (!correction.getReplacement().isEmpty()
        && correction.getReplacement().equals(correction.getRecord())) {
      checks.bad(at, "replacement", "a record cannot replace itself");
    }
  }

  private void check(FieldPath at, Approval approval) {
    // What it approves, and after it the record that an erasure would erase from.
    needed.oneUpTo(2, LineRole.LINE_ROLE_RECORD);
    checks.digest(at, "record", approval.getRecord());
    checks.text(at, "opinion", approval.getOpinion());
  }

  private void check(FieldPath at, Erasure erasure) {
    needed.exactlyOne(LineRole.LINE_ROLE_RECORD);
    checks.digest(at, "record", erasure.getRecord());
    if (erasure.getClassesCount() == 0) {
      checks.missing(at, "classes");
    }
    int last = 0;
    for (int i = 0; i < erasure.getClassesCount() && !checks.isFull(); i++) {
      SectionClass sectionClass = erasure.getClasses(i);
      if (!ErasableClasses.contains(sectionClass)) {
        checks.bad(at.in("classes", i), "", "only personal, source and attachment can be erased");
        continue;
      }
      if (sectionClass.getNumber() <= last) {
        checks.bad(at.in("classes", i), "", "classes ascend, each once");
      }
      last = sectionClass.getNumber();
    }
    checks.requiredName(at, "law", erasure.getLaw());
    checks.requiredName(at, "article", erasure.getArticle());
    checks.requiredText(at, "reason", erasure.getReason());
  }

  private void check(FieldPath at, LookUp lookUp) {
    needed.exactlyOne(LineRole.LINE_ROLE_LOOK_UPS);
    checks.requiredText(at, "purpose", lookUp.getPurpose());
    if (sections.trade() == null || sections.trade().getLookedUp().isEmpty()) {
      checks.missing(sections.tradeAt(), "looked_up");
    }
  }

  // Shared ---------------------------------------------------------------------------------------

  /** Either the class or the label says what the goods must be kept at; both may. */
  static void limits(
      FieldChecks checks,
      FieldPath at,
      TemperatureClass temperatureClass,
      boolean labelled,
      TemperatureRange label) {
    if (labelled) {
      checks.choice(at, "temperature_class", temperatureClass);
      range(checks, at.in("label_range"), label);
    } else {
      checks.requiredChoice(at, "temperature_class", temperatureClass);
    }
  }

  static void range(FieldChecks checks, FieldPath at, TemperatureRange range) {
    checks.temperature(at, "lowest", range.getLowest());
    checks.temperature(at, "highest", range.getHighest());
    if (range.getLowest() > range.getHighest()) {
      checks.bad(at, "highest", "must not be below lowest");
    }
  }

  static void area(FieldChecks checks, FieldPath at, Area area) {
    checks.requiredRegion(at, "region", area.getRegion());
    checks.choice(at, "role", area.getRole());
  }

  static void curve(FieldChecks checks, FieldPath at, List<CurvePoint> curve) {
    if (curve.size() > CURVE_MAX) {
      checks.limit(at, "curve", curve.size(), CURVE_MAX, "points");
      return;
    }
    long previous = 0;
    for (int i = 0; i < curve.size() && !checks.isFull(); i++) {
      FieldPath in = at.in("curve", i);
      checks.requiredInstant(in, "at", curve.get(i).getAt());
      if (curve.get(i).getAt() <= previous) {
        checks.bad(in, "at", "times must ascend");
      }
      previous = curve.get(i).getAt();
    }
  }
}
