// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.record.Samples.line;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.record.FieldRules.RoledLine;
import org.pinlian.record.Samples.Sample;
import org.pinlian.testing.Seeds;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.CertificateForm;
import org.pinlian.v1.CommitmentBasis;
import org.pinlian.v1.CommitmentCertificate;
import org.pinlian.v1.CurvePoint;
import org.pinlian.v1.CustodyAnswer;
import org.pinlian.v1.CustodyOutcome;
import org.pinlian.v1.CustodyReason;
import org.pinlian.v1.Delegation;
import org.pinlian.v1.Document;
import org.pinlian.v1.Enrolment;
import org.pinlian.v1.Erasure;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.ItemMasterData;
import org.pinlian.v1.Kind;
import org.pinlian.v1.Line;
import org.pinlian.v1.LineAnswer;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.Recipe;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Role;
import org.pinlian.v1.Section;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.TemperatureLog;
import org.pinlian.v1.TemperatureRange;
import org.pinlian.v1.TemperatureReadings;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;

class FieldRulesTest {
  static List<Kind> builtKinds() {
    List<Kind> kinds = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      if (kind != Kind.UNRECOGNIZED && KindTable.isBuilt(kind.getNumber())) {
        kinds.add(kind);
      }
    }
    return kinds;
  }

  static void accepts(Sample sample) {
    assertEquals(List.of(), sample.check());
  }

  /** Exactly this is wrong with it. */
  static void refuses(Sample sample, String path, RefusalCode code) {
    List<FieldViolation> found = sample.check();
    assertEquals(1, found.size(), found::toString);
    assertEquals(path + " " + code, found.get(0).path() + " " + found.get(0).code());
  }

  static void refuses(Sample sample, String path) {
    refuses(sample, path, RefusalCode.BAD_FIELD);
  }

  @ParameterizedTest
  @MethodSource("builtKinds")
  void acceptsAGoodRecordOfEveryKind(Kind kind) {
    accepts(Samples.of(kind));
  }

  @ParameterizedTest
  @MethodSource("builtKinds")
  void refusesSaltsOfAnotherLength(Kind kind) {
    for (int size : new int[] {0, 15, 17}) {
      ByteString salt = ByteString.copyFrom(new byte[size]);
      refuses(
          Samples.of(kind).part(part -> part.setSalt(salt)),
          "public_part.salt",
          RefusalCode.BAD_SALT);
      Sample sample = Samples.of(kind);
      RoledLine first = sample.lines.get(0);
      sample.lines.set(
          0, new RoledLine(first.role(), first.line().toBuilder().setSalt(salt).build()));
      refuses(sample, "lines[0].salt", RefusalCode.BAD_SALT);
    }
  }

  @ParameterizedTest
  @MethodSource("builtKinds")
  void refusesTheBodyOfEveryOtherKind(Kind kind) {
    for (Kind other : builtKinds()) {
      if (other != kind) {
        Sample sample = Samples.of(kind);
        sample.part = Samples.of(other).part;
        refuses(sample, "public_part", RefusalCode.BODY_MISMATCH);
      }
    }
    refuses(
        Samples.of(kind).part(PublicPart.Builder::clearBody),
        "public_part",
        RefusalCode.BODY_MISMATCH);
  }

  @ParameterizedTest
  @MethodSource("builtKinds")
  void refusesAnEmptyBody(Kind kind) {
    Sample sample = Samples.of(kind);
    ByteString empty =
        ByteString.copyFrom(
            UnknownFieldSet.newBuilder()
                .addField(
                    kind.getNumber() + 10,
                    UnknownFieldSet.Field.newBuilder().addLengthDelimited(ByteString.EMPTY).build())
                .build()
                .toByteArray());
    sample.part(part -> {
      try {
        part.clearBody().mergeFrom(empty);
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(e);
      }
    });
    assertTrue(!sample.check().isEmpty(), kind + " accepts a body that says nothing");
  }

  @ParameterizedTest
  @MethodSource("builtKinds")
  void refusesARecordWithoutLines(Kind kind) {
    assertTrue(
        Samples.of(kind).onlyLines().check().stream()
            .anyMatch(violation -> violation.path().equals("lines")));
  }

  @ParameterizedTest
  @MethodSource("builtKinds")
  void refusesLineRolesThatTheKindDoesNotHave(Kind kind) {
    for (int role = 0; role < 20; role++) {
      if (!KindTable.allowsLine(kind.getNumber(), role)) {
        Sample sample = Samples.of(kind);
        sample.lines.add(
            new RoledLine(
                role, Line.newBuilder().setSalt(Samples.SALT).setSubject("urn:x:y").build()));
        int last = sample.lines.size() - 1;
        assertTrue(
            sample.check().stream()
                .anyMatch(violation ->
                    violation.path().equals("lines[" + last + "]")
                        && violation.code() == RefusalCode.LINE_ROLE_NOT_ALLOWED));
      }
    }
  }

  @Test
  void refusesKindsThatAreNotBuiltOrNotKnown() {
    for (Kind kind : Kind.values()) {
      if (kind == Kind.KIND_UNSPECIFIED || kind == Kind.UNRECOGNIZED) {
        refuses(new Sample(kind), "kind", RefusalCode.UNKNOWN_KIND);
      } else if (!KindTable.isBuilt(kind.getNumber())) {
        refuses(new Sample(kind), "kind", RefusalCode.KIND_NOT_BUILT);
      }
    }
  }

  // Lines and sections ---------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not a uri",
        "http://id.gs1.org/01/09520000000011",
        "https://id.gs1.org/01/09520000000012",
        "https://id.gs1.org/01/9520000000011",
        "urn:epc:id:sgtin:9520000.000001.1",
        "uscc:91000000MA00000157",
        "urn:pinlian:keys:uscc:91000000MA00000157",
        "urn:pinlian:lookups:uscc:91000000MA00000157",
        "urn:pinlian:certificate:uscc:91000000MA00000157:1",
        "urn:pinlian:record:1.0"
      })
  void refusesWhatIsNoCanonicalSubjectOfGoodsInAnObjectLine(String subject) {
    refuses(
        Samples.event(
            EventType.EVENT_TYPE_OBJECT,
            EventAction.EVENT_ACTION_OBSERVE,
            line(LineRole.LINE_ROLE_OBJECT, Samples.LOT),
            line(LineRole.LINE_ROLE_OBJECT, subject)),
        "lines[1].subject",
        RefusalCode.BAD_SUBJECT);
  }

  @Test
  void namesTheCanonicalFormOfASubjectThatIsNot() {
    List<FieldViolation> found =
        Samples.event(
                EventType.EVENT_TYPE_OBJECT,
                EventAction.EVENT_ACTION_OBSERVE,
                line(LineRole.LINE_ROLE_OBJECT, "http://id.gs1.org/01/09520000000011"))
            .check();
    assertTrue(found.get(0).message().contains(Samples.PRODUCT), found::toString);
  }

  @Test
  void refusesGoodsInARecordLine() {
    refuses(
        Samples.of(Kind.KIND_VOIDING).onlyLines(line(LineRole.LINE_ROLE_RECORD, Samples.LOT)),
        "lines[0].subject",
        RefusalCode.BAD_SUBJECT);
  }

  @Test
  void refusesMoreThanTenThousandLinesAndThirtyTwoSections() {
    Sample lines = Samples.of(Kind.KIND_CUSTODY_OFFER);
    lines.lines = new ArrayList<>(Collections.nCopies(10_000, lines.lines.get(0)));
    accepts(lines);
    lines.lines.add(lines.lines.get(0));
    assertEquals(RefusalCode.LIMIT_EXCEEDED, lines.check().get(0).code());
    assertTrue(lines.check().get(0).message().contains("10001 lines, at most 10000"));

    Sample sections = Samples.of(Kind.KIND_PRODUCT);
    Section attachment =
        Section.newBuilder()
            .setSalt(Samples.SALT)
            .setClass_(SectionClass.SECTION_CLASS_ATTACHMENT)
            .setAttachment(Document.getDefaultInstance())
            .build();
    sections.more.addAll(Collections.nCopies(32, attachment));
    accepts(sections);
    sections.more.add(attachment);
    refuses(sections, "sections", RefusalCode.LIMIT_EXCEEDED);
  }

  @Test
  void listsAHundredFaultsAtMost() {
    Sample sample = Samples.of(Kind.KIND_CUSTODY_OFFER);
    sample.lines =
        new ArrayList<>(Collections.nCopies(10_000, new RoledLine(1, Line.getDefaultInstance())));
    assertEquals(100, sample.check().size());
  }

  @Test
  void refusesASectionWhoseClassIsNotItsContents() {
    for (int sectionClass : new int[] {0, 2, 3, 6, -1, Integer.MAX_VALUE}) {
      Sample sample = Samples.of(Kind.KIND_PRODUCT);
      sample.more.add(
          Samples.section(Trade.newBuilder().setNote("x").build()).toBuilder()
              .setClass_Value(sectionClass)
              .build());
      refuses(sample, "sections[0].class", RefusalCode.BODY_MISMATCH);
    }
    Sample empty = Samples.of(Kind.KIND_PRODUCT);
    empty.more.add(
        Section.newBuilder()
            .setSalt(Samples.SALT)
            .setClass_(SectionClass.SECTION_CLASS_TRADE)
            .build());
    refuses(empty, "sections[0].class", RefusalCode.BODY_MISMATCH);
  }

  @Test
  void refusesASectionWithoutSalt() {
    Sample sample = Samples.of(Kind.KIND_PRODUCT);
    sample.more.add(Samples.section(Trade.getDefaultInstance()).toBuilder().clearSalt().build());
    refuses(sample, "sections[0].salt", RefusalCode.BAD_SALT);
  }

  @Test
  void refusesASecondTradeOrRecipeSection() {
    Sample sample = Samples.of(Kind.KIND_CUSTODY_OFFER);
    sample.more.add(Samples.section(Trade.newBuilder().setReceiver(Samples.BUREAU).build()));
    refuses(sample, "sections[1].trade");
  }

  @Test
  void doesNotReadWhatMayBeErased() {
    Sample sample = Samples.of(Kind.KIND_PRODUCT);
    sample.more.add(
        Section.newBuilder()
            .setSalt(Samples.SALT)
            .setClass_(SectionClass.SECTION_CLASS_PERSONAL)
            .setPersonal(Document.newBuilder().setName("line\nbreak\u0000").build())
            .build());
    accepts(sample);
  }

  // Trade and recipe -----------------------------------------------------------------------------

  private static Sample withQuantity(Consumer<Quantity.Builder> change) {
    Quantity.Builder quantity = Quantity.newBuilder().setUnscaled(1).setUnit("KGM");
    change.accept(quantity);
    return Samples.of(Kind.KIND_CUSTODY_OFFER).trade(trade -> trade.addQuantities(quantity));
  }

  @Test
  void refusesQuantitiesThatAreNone() {
    accepts(withQuantity(quantity -> quantity.setDecimals(9)));
    String at = "sections[0].trade.quantities[0].";
    refuses(withQuantity(quantity -> quantity.setUnscaled(0)), at + "unscaled");
    refuses(withQuantity(quantity -> quantity.setUnscaled(-1)), at + "unscaled");
    refuses(withQuantity(quantity -> quantity.setDecimals(10)), at + "decimals");
    refuses(withQuantity(quantity -> quantity.setDecimals(-1)), at + "decimals");
    refuses(withQuantity(quantity -> quantity.setLine(1)), at + "line");
    refuses(withQuantity(quantity -> quantity.setLine(-1)), at + "line");
    for (String unit : new String[] {"", "K", "kg", "KGMX", "K M", "公斤"}) {
      refuses(withQuantity(quantity -> quantity.setUnit(unit)), at + "unit");
    }
  }

  @Test
  void refusesAReceiverThatIsNoParticipant() {
    for (String receiver :
        new String[] {"91000000MA00000157", "uscc:91350211M000100Y43", "USCC:x", "farmer:"}) {
      refuses(
          Samples.of(Kind.KIND_CUSTODY_OFFER).trade(trade -> trade.setReceiver(receiver)),
          "sections[0].trade.receiver");
    }
  }

  @Test
  void refusesAnOfferToNobody() {
    refuses(
        Samples.of(Kind.KIND_CUSTODY_OFFER).trade(Trade.Builder::clearReceiver),
        "sections.trade.receiver");
    refuses(
        Samples.of(Kind.KIND_CUSTODY_OFFER).trade(trade -> trade.clearReceiver().setNote("没有收货方")),
        "sections[0].trade.receiver");
  }

  @Test
  void checksARecipeToo() {
    Sample sample = Samples.of(Kind.KIND_PRODUCT);
    sample.more.add(
        Section.newBuilder()
            .setSalt(Samples.SALT)
            .setClass_(SectionClass.SECTION_CLASS_RECIPE)
            .setRecipe(
                Recipe.newBuilder()
                    .addShares(Quantity.newBuilder().setLine(9).setUnscaled(1).setUnit("P1")))
            .build());
    refuses(sample, "sections[0].recipe.shares[0].line");
  }

  // Texts ----------------------------------------------------------------------------------------

  @Test
  void countsCharactersNotUnits() {
    String bamboo = "𥫗"; // One character, two UTF-16 units.
    accepts(
        Samples.of(Kind.KIND_PRODUCT)
            .part(part -> part.getProductBuilder().setName(bamboo.repeat(256))));
    refuses(
        Samples.of(Kind.KIND_PRODUCT)
            .part(part -> part.getProductBuilder().setName(bamboo.repeat(257))),
        "public_part.product.name",
        RefusalCode.LIMIT_EXCEEDED);
    accepts(
        Samples.of(Kind.KIND_VOIDING)
            .part(part -> part.getVoidingBuilder().setReason("字".repeat(1000))));
    refuses(
        Samples.of(Kind.KIND_VOIDING)
            .part(part -> part.getVoidingBuilder().setReason("字".repeat(1001))),
        "public_part.voiding.reason",
        RefusalCode.LIMIT_EXCEEDED);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 9, 10, 13, 0x1f, 0x7f, 0x85, 0x9f, 0x2028, 0x2029, 0x202e, 0x2066})
  void refusesCharactersThatCannotBeSeen(int c) {
    refuses(
        Samples.of(Kind.KIND_PRODUCT)
            .part(part -> part.getProductBuilder().setName("竹" + (char) c + "笋")),
        "public_part.product.name");
  }

  // Kinds 1 to 3 ---------------------------------------------------------------------------------

  private static Sample enrolment(Consumer<Enrolment.Builder> change) {
    return Samples.of(Kind.KIND_ENROLMENT).part(part -> change.accept(part.getEnrolmentBuilder()));
  }

  @Test
  void refusesEnrolmentsThatSayTooLittleOrTooMuch() {
    String at = "public_part.enrolment.";
    refuses(enrolment(Enrolment.Builder::clearName), at + "name");
    refuses(enrolment(Enrolment.Builder::clearRoles), at + "roles");
    refuses(enrolment(e -> e.addRoles(Role.ROLE_PRODUCER)), at + "roles[2]");
    refuses(enrolment(e -> e.addRolesValue(99)), at + "roles[2]");
    refuses(enrolment(e -> e.addRoles(Role.ROLE_UNSPECIFIED)), at + "roles[2]");
    refuses(enrolment(e -> e.addRoles(Role.ROLE_AUTHORITY)), at + "level");
    refuses(enrolment(e -> e.setLevel(AuthorityLevel.AUTHORITY_LEVEL_PROVINCE)), at + "level");
    refuses(enrolment(e -> e.addRoles(Role.ROLE_AUTHORITY).setLevelValue(4)), at + "level");
    refuses(enrolment(Enrolment.Builder::clearRegion), at + "region");
    for (String region : new String[] {"44520", "4452020", "44520x", "４４５２０２"}) {
      refuses(enrolment(e -> e.setRegion(region)), at + "region");
    }
    refuses(enrolment(e -> e.addKeys(e.getKeys(0))), at + "keys[1].spki");
    refuses(
        enrolment(e -> e.getKeysBuilder(0).setSpki(ByteString.copyFromUtf8("x"))),
        at + "keys[0].spki");
    refuses(enrolment(e -> e.setValidFrom(-1)), at + "valid_from");
    refuses(enrolment(e -> e.setValidFrom(2000).setValidUntil(1000)), at + "valid_until");
  }

  @Test
  void refusesAHundredAndOneKeys() {
    refuses(
        enrolment(e -> e.addAllKeys(Collections.nCopies(100, e.getKeys(0)))),
        "public_part.enrolment.keys",
        RefusalCode.LIMIT_EXCEEDED);
  }

  @Test
  void keepsAFarmersNameOut() {
    Sample named = enrolment(e -> e.setParticipant(Samples.FARMER));
    named.onlyLines(line(LineRole.LINE_ROLE_KEYS, Samples.KEYS + Samples.FARMER));
    refuses(named, "public_part.enrolment.name");
    named.part(part -> part.getEnrolmentBuilder().clearName());
    accepts(named);
  }

  @ParameterizedTest
  @ValueSource(strings = {"KIND_ENROLMENT", "KIND_KEY_ROTATION", "KIND_KEY_REVOCATION"})
  void keyRecordsTouchTheParticipantsKeysChainAndNothingElse(String name) {
    Kind kind = Kind.valueOf(name);
    refuses(
        Samples.of(kind).onlyLines(line(LineRole.LINE_ROLE_KEYS, Samples.KEYS + Samples.MARKET)),
        "lines[0].subject",
        RefusalCode.BAD_SUBJECT);
    refuses(Samples.of(kind).line(LineRole.LINE_ROLE_KEYS, Samples.KEYS + Samples.MARKET), "lines");
  }

  @Test
  void refusesKeysAndKeyIdsThatAreNone() {
    Sample rotation = Samples.of(Kind.KIND_KEY_ROTATION);
    rotation.part(part -> part.getKeyRotationBuilder().setReplaces(Samples.keyId(2)));
    refuses(rotation, "public_part.key_rotation.replaces");
    refuses(
        Samples.of(Kind.KIND_KEY_ROTATION)
            .part(part -> part.getKeyRotationBuilder().setReplaces(ByteString.copyFromUtf8("x"))),
        "public_part.key_rotation.replaces");
    refuses(
        Samples.of(Kind.KIND_KEY_ROTATION).part(part -> part.getKeyRotationBuilder().clearKey()),
        "public_part.key_rotation.key");
    refuses(
        Samples.of(Kind.KIND_KEY_REVOCATION)
            .part(part -> part.getKeyRevocationBuilder().clearKeyId()),
        "public_part.key_revocation.key_id");
    refuses(
        Samples.of(Kind.KIND_KEY_REVOCATION)
            .part(part -> part.getKeyRevocationBuilder().setParticipant("x")),
        "public_part.key_revocation.participant");
  }

  @Test
  void aDelegationNamesAGatewayAKeyKindsInOrderAndAnEnd() {
    refusesDelegation("gateway", it -> it.setGateway("somebody"));
    refusesDelegation("gateway", it -> it.setGateway(Samples.COOPERATIVE));
    refusesDelegation("key_id", it -> it.setKeyId(ByteString.copyFrom(new byte[31])));
    refusesDelegation("kinds[1]", it -> it.setKinds(1, Kind.KIND_TRACE_EVENT));
    refusesDelegation("kinds[1]", it -> it.setKinds(1, Kind.KIND_PLACE));
    refusesDelegation("kinds[1]", it -> it.setKindsValue(1, 27));
    refusesDelegation("kinds[1]", it -> it.setKindsValue(1, -1));
    refusesDelegation("valid_until", it -> it.clearValidUntil());
    refusesDelegation("valid_until", it -> it.setValidUntil(-1));
    refusesDelegation("valid_until", it -> it.clearKinds());
    accepts(
        Samples.of(Kind.KIND_DELEGATION)
            .part(part -> part.getDelegationBuilder().clearKinds().clearValidUntil()));
  }

  @Test
  void nobodyCanLetOthersSignWhatIsTheirOwnToSign() {
    for (int kind : new int[] {1, 2, 3, 4, 8, 11, 19, 22, 24, 25, 26}) {
      refuses(
          Samples.of(Kind.KIND_DELEGATION)
              .part(part -> part.getDelegationBuilder().clearKinds().addKindsValue(kind)),
          "public_part.delegation.kinds[0]",
          RefusalCode.NOT_DELEGABLE);
    }
  }

  private static void refusesDelegation(String field, Consumer<Delegation.Builder> change) {
    refuses(
        Samples.of(Kind.KIND_DELEGATION).part(part -> change.accept(part.getDelegationBuilder())),
        "public_part.delegation." + field);
  }

  // Product, place -------------------------------------------------------------------------------

  @Test
  void aProductSaysWhatItMustBeKeptAt() {
    refuses(
        Samples.of(Kind.KIND_PRODUCT)
            .part(part -> part.getProductBuilder().clearTemperatureClass()),
        "public_part.product.temperature_class");
    accepts(
        Samples.of(Kind.KIND_PRODUCT)
            .part(part ->
                part.getProductBuilder()
                    .clearTemperatureClass()
                    .setLabelRange(
                        TemperatureRange.newBuilder().setLowest(-25_000).setHighest(-15_000))));
    refuses(
        Samples.of(Kind.KIND_PRODUCT)
            .part(part ->
                part.getProductBuilder()
                    .setLabelRange(
                        TemperatureRange.newBuilder().setLowest(8_000).setHighest(2_000))),
        "public_part.product.label_range.highest");
    refuses(
        Samples.of(Kind.KIND_PRODUCT)
            .part(part -> part.getProductBuilder().setTemperatureClassValue(77)),
        "public_part.product.temperature_class");
    refuses(
        Samples.of(Kind.KIND_PRODUCT).part(part -> part.getProductBuilder().setShelfLifeDays(-1)),
        "public_part.product.shelf_life_days");
  }

  @Test
  void aPlaceSaysItsCounty() {
    refuses(
        Samples.of(Kind.KIND_PLACE).part(part -> part.getPlaceBuilder().clearArea()),
        "public_part.place.area");
    refuses(
        Samples.of(Kind.KIND_PLACE)
            .part(part -> part.getPlaceBuilder().getAreaBuilder().setRegion("445202001")),
        "public_part.place.area.region");
  }

  // Trace events ---------------------------------------------------------------------------------

  private static final RoledLine OBJECT = line(LineRole.LINE_ROLE_OBJECT, Samples.LOT);
  private static final RoledLine PARENT = line(LineRole.LINE_ROLE_PARENT, Samples.PALLET);
  private static final RoledLine CHILD = line(LineRole.LINE_ROLE_CHILD, Samples.LOT);
  private static final RoledLine INPUT = line(LineRole.LINE_ROLE_INPUT, Samples.LOT);
  private static final RoledLine OUTPUT = line(LineRole.LINE_ROLE_OUTPUT, Samples.LOT);
  private static final RoledLine AT_PLACE = line(LineRole.LINE_ROLE_PLACE, Samples.PLACE);
  private static final RoledLine OF_LOT = line(LineRole.LINE_ROLE_LOT, Samples.LOT);
  private static final EventAction NO_ACTION = EventAction.EVENT_ACTION_UNSPECIFIED;
  private static final EventAction ADD = EventAction.EVENT_ACTION_ADD;
  private static final EventAction OBSERVE = EventAction.EVENT_ACTION_OBSERVE;
  private static final EventAction DELETE = EventAction.EVENT_ACTION_DELETE;
  private static final String TYPE = "public_part.trace_event.type";
  private static final String ACTION = "public_part.trace_event.action";

  @Test
  void objectEventsNameObjectsOrOneReadPoint() {
    for (EventAction action : new EventAction[] {ADD, OBSERVE, DELETE}) {
      accepts(Samples.event(EventType.EVENT_TYPE_OBJECT, action, OBJECT, OF_LOT));
      accepts(Samples.event(EventType.EVENT_TYPE_OBJECT, action, AT_PLACE));
      refuses(Samples.event(EventType.EVENT_TYPE_OBJECT, action, OBJECT, AT_PLACE), TYPE);
      refuses(Samples.event(EventType.EVENT_TYPE_OBJECT, action, AT_PLACE, AT_PLACE), TYPE);
      refuses(Samples.event(EventType.EVENT_TYPE_OBJECT, action, OF_LOT), TYPE);
      refuses(Samples.event(EventType.EVENT_TYPE_OBJECT, action, OBJECT, CHILD), "lines[1].role");
    }
    refuses(Samples.event(EventType.EVENT_TYPE_OBJECT, NO_ACTION, OBJECT), ACTION);
  }

  @Test
  void aggregationsNeedAParentUnlessObservedAndChildrenUnlessDeleted() {
    EventType type = EventType.EVENT_TYPE_AGGREGATION;
    accepts(Samples.event(type, ADD, PARENT, CHILD, CHILD));
    accepts(Samples.event(type, OBSERVE, CHILD));
    accepts(Samples.event(type, OBSERVE, PARENT, CHILD));
    accepts(Samples.event(type, DELETE, PARENT));
    accepts(Samples.event(type, DELETE, PARENT, CHILD));
    refuses(Samples.event(type, ADD, PARENT), TYPE);
    refuses(Samples.event(type, ADD, CHILD), TYPE);
    refuses(Samples.event(type, OBSERVE, PARENT), TYPE);
    refuses(Samples.event(type, DELETE, CHILD), TYPE);
    refuses(Samples.event(type, ADD, PARENT, PARENT, CHILD), TYPE);
    refuses(Samples.event(type, NO_ACTION, PARENT, CHILD), ACTION);
    refuses(Samples.event(type, ADD, OBJECT, PARENT, CHILD), "lines[0].role");
    refuses(Samples.event(type, ADD, PARENT, CHILD, AT_PLACE), TYPE);
  }

  @Test
  void associationsAlwaysNeedAParent() {
    EventType type = EventType.EVENT_TYPE_ASSOCIATION;
    accepts(Samples.event(type, ADD, PARENT, CHILD));
    accepts(Samples.event(type, DELETE, PARENT));
    refuses(Samples.event(type, OBSERVE, CHILD), TYPE);
    refuses(Samples.event(type, OBSERVE, PARENT), TYPE);
  }

  @Test
  void transactionsNeedABusinessTransaction() {
    EventType type = EventType.EVENT_TYPE_TRANSACTION;
    Consumer<Trade.Builder> order =
        trade -> trade.addBusinessTransactionsBuilder().setType("po").setId("PO-1");
    accepts(Samples.event(type, ADD, OBJECT).trade(order));
    accepts(Samples.event(type, ADD, PARENT).trade(order));
    accepts(Samples.event(type, DELETE, AT_PLACE).trade(order));
    refuses(Samples.event(type, ADD, OBJECT), "sections.trade.business_transactions");
    refuses(Samples.event(type, ADD, OBJECT, INPUT).trade(order), "lines[1].role");
    refuses(Samples.event(type, ADD, OBJECT, PARENT, PARENT).trade(order), TYPE);
  }

  @Test
  void transformationsHaveInputsAndOutputsAndNoAction() {
    EventType type = EventType.EVENT_TYPE_TRANSFORMATION;
    accepts(Samples.event(type, NO_ACTION, INPUT, OUTPUT, OF_LOT));
    refuses(Samples.event(type, ADD, INPUT, OUTPUT), ACTION);
    refuses(Samples.event(type, NO_ACTION, INPUT), TYPE);
    refuses(Samples.event(type, NO_ACTION, OUTPUT), TYPE);
    refuses(Samples.event(type, NO_ACTION, OBJECT, INPUT, OUTPUT), "lines[0].role");
    Sample part = Samples.event(type, NO_ACTION, INPUT);
    part.more.add(
        Section.newBuilder()
            .setSalt(Samples.SALT)
            .setClass_(SectionClass.SECTION_CLASS_RECIPE)
            .setRecipe(Recipe.newBuilder().setTransformationId("urn:x:batch-1"))
            .build());
    accepts(part);
  }

  private static Sample event(Consumer<TraceEvent.Builder> change) {
    return Samples.of(Kind.KIND_TRACE_EVENT)
        .part(part -> change.accept(part.getTraceEventBuilder()));
  }

  @Test
  void refusesEventFieldsOfWrongShape() {
    String at = "public_part.trace_event.";
    refuses(event(e -> e.setTypeValue(9)), TYPE);
    refuses(event(TraceEvent.Builder::clearType), TYPE);
    refuses(event(TraceEvent.Builder::clearEventTime), at + "event_time");
    refuses(event(e -> e.setEventTime(-5)), at + "event_time");
    for (String id : new String[] {"abc", ":x", "urn:", "urn:a b", "ni:///x\u0001"}) {
      assertEquals(at + "event_id", event(e -> e.setEventId(id)).check().get(0).path());
    }
    accepts(event(e -> e.setEventId("ni:///sha-256;00?ver=CBV2.0")));
    refuses(event(e -> e.addDispositionsSet("")), at + "dispositions_set[0]");
    refuses(
        event(e -> e.getErrorDeclarationBuilder().setReason("did_not_occur")),
        at + "error_declaration.declared_at");
    refuses(event(e -> e.getReadPointBuilder().setRegion("x")), at + "read_point.region");
    refuses(
        event(e -> e.addSensorsBuilder().setType("gs1:Temperature").setVerdictValue(9)),
        at + "sensors[0].verdict");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Z", "+8:00", "+08:60", "+14:01", "+0800", "08:00", "+08:0x"})
  void refusesOffsetsOfWrongShape(String offset) {
    refuses(event(e -> e.setZoneOffset(offset)), "public_part.trace_event.zone_offset");
  }

  @ParameterizedTest
  @ValueSource(strings = {"+00:00", "-05:30", "+14:00", "-14:00"})
  void acceptsOffsetsOfTheWorld(String offset) {
    accepts(event(e -> e.setZoneOffset(offset)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-6-12",
        "2026-06-31",
        "2025-02-29",
        "2026-00-10",
        "2026-13-01",
        "2026-01-00",
        "20260612",
        "2026/06/12",
        "1899-12-31",
        "２０２６-06-12",
        "2026-06-12 "
      })
  void refusesDaysThatDoNotExist(String day) {
    refuses(
        event(e -> e.setItem(ItemMasterData.newBuilder().setProducedOn(day))),
        "public_part.trace_event.item.produced_on");
  }

  @Test
  void acceptsTheTwentyNinthOfFebruaryOfALeapYear() {
    accepts(event(e -> e.setItem(ItemMasterData.newBuilder().setProducedOn("2024-02-29"))));
    accepts(event(e -> e.setItem(ItemMasterData.newBuilder().setProducedOn("2000-02-29"))));
    refuses(
        event(e -> e.setItem(ItemMasterData.newBuilder().setProducedOn("1900-02-29"))),
        "public_part.trace_event.item.produced_on");
  }

  @Test
  void masterDataComeWithGoodsThatComeToBe() {
    refuses(
        event(e -> e.setAction(OBSERVE).setItem(ItemMasterData.newBuilder().setLot("1"))),
        "public_part.trace_event.item");
    for (String origin : new String[] {"CHN", "cn", "C1", "4452"}) {
      refuses(
          event(e -> e.setItem(ItemMasterData.newBuilder().setOrigin(origin))),
          "public_part.trace_event.item.origin");
    }
  }

  // Certificates ---------------------------------------------------------------------------------

  private static Sample certificate(Consumer<CommitmentCertificate.Builder> change) {
    return Samples.of(Kind.KIND_COMMITMENT_CERTIFICATE)
        .part(part -> change.accept(part.getCommitmentCertificateBuilder()));
  }

  private static Sample reissued() {
    return certificate(c ->
            c.setForm(CertificateForm.CERTIFICATE_FORM_2025_2)
                .clearBases()
                .addParentNumbers("HZ-0000"))
        .line(LineRole.LINE_ROLE_INPUT, Samples.LOT);
  }

  @Test
  void refusesCertificatesWithoutTheStatutoryFields() {
    String at = "public_part.commitment_certificate.";
    refuses(certificate(CommitmentCertificate.Builder::clearProductName), at + "product_name");
    refuses(certificate(CommitmentCertificate.Builder::clearQuantity), at + "quantity");
    refuses(certificate(CommitmentCertificate.Builder::clearOrigin), at + "origin");
    refuses(certificate(CommitmentCertificate.Builder::clearIssuer), at + "issuer");
    refuses(certificate(CommitmentCertificate.Builder::clearIssuedOn), at + "issued_on");
    refuses(certificate(CommitmentCertificate.Builder::clearBases), at + "bases");
    refuses(certificate(c -> c.setRegion("4452")), at + "region");
    refuses(certificate(c -> c.getQuantityBuilder().setLine(1)), at + "quantity.line");
    refuses(certificate(c -> c.getQuantityBuilder().setUnscaled(0)), at + "quantity.unscaled");
  }

  @Test
  void theCertificateLineCarriesTheNumberOnThePaper() {
    refuses(certificate(c -> c.setNumber("HZ-0002")), "lines[1].subject", RefusalCode.BAD_SUBJECT);
    refuses(
        Samples.of(Kind.KIND_COMMITMENT_CERTIFICATE).without(LineRole.LINE_ROLE_CERTIFICATE),
        "lines");
    refuses(
        Samples.of(Kind.KIND_COMMITMENT_CERTIFICATE).without(LineRole.LINE_ROLE_OBJECT), "lines");
    refuses(
        Samples.of(Kind.KIND_COMMITMENT_CERTIFICATE).line(LineRole.LINE_ROLE_OBJECT, Samples.LOT),
        "lines");
  }

  @Test
  void theNumberMayBeInAnyScript() {
    Sample sample = certificate(c -> c.setNumber("合格证/7"));
    sample.without(LineRole.LINE_ROLE_CERTIFICATE);
    sample.line(
        LineRole.LINE_ROLE_CERTIFICATE,
        "urn:pinlian:certificate:" + Samples.COOPERATIVE + ":%E5%90%88%E6%A0%BC%E8%AF%81%2F7");
    accepts(sample);
  }

  @Test
  void formTwoSaysFromWhatAndFormOneDoesNot() {
    accepts(reissued());
    accepts(reissued().without(LineRole.LINE_ROLE_INPUT));
    accepts(reissued().part(part -> part.getCommitmentCertificateBuilder().clearParentNumbers()));
    String parents = "public_part.commitment_certificate.parent_numbers";
    refuses(
        reissued()
            .part(part -> part.getCommitmentCertificateBuilder().clearParentNumbers())
            .without(LineRole.LINE_ROLE_INPUT),
        parents);
    refuses(
        reissued().part(part -> part.getCommitmentCertificateBuilder().addParentNumbers("HZ-1")),
        parents);
    refuses(certificate(c -> c.addParentNumbers("HZ-0000")), parents);
    refuses(
        Samples.of(Kind.KIND_COMMITMENT_CERTIFICATE).line(LineRole.LINE_ROLE_INPUT, Samples.LOT),
        "lines");
  }

  @Test
  void basesAreThoseOfTheForm() {
    String at = "public_part.commitment_certificate.";
    refuses(
        certificate(c -> c.addBases(CommitmentBasis.COMMITMENT_BASIS_OWN_WORD)), at + "bases[1]");
    refuses(
        certificate(c -> c.addBases(CommitmentBasis.COMMITMENT_BASIS_CONTROL)), at + "bases[1]");
    refuses(certificate(c -> c.addBasesValue(9)), at + "bases[1]");
    refuses(
        reissued()
            .part(part ->
                part.getCommitmentCertificateBuilder()
                    .addBases(CommitmentBasis.COMMITMENT_BASIS_CONTROL)),
        at + "bases[0]");
    accepts(
        certificate(c ->
            c.setForm(CertificateForm.CERTIFICATE_FORM_2021)
                .addBases(CommitmentBasis.COMMITMENT_BASIS_OWN_WORD)));
    refuses(certificate(CommitmentCertificate.Builder::clearForm), at + "form");
  }

  @Test
  void aTestAsBasisNamesWhatWasTested() {
    String at = "public_part.commitment_certificate.tested_items";
    refuses(certificate(c -> c.addBases(CommitmentBasis.COMMITMENT_BASIS_OWN_TEST)), at);
    accepts(
        certificate(
            c -> c.addBases(CommitmentBasis.COMMITMENT_BASIS_OWN_TEST).addTestedItems("毒死蜱")));
    refuses(certificate(c -> c.addTestedItems("毒死蜱")), at);
  }

  @Test
  void keepsAFarmersTelephoneOut() {
    Sample sample = certificate(c -> c.setContact("138 0000 0000"));
    accepts(sample);
    sample.without(LineRole.LINE_ROLE_CERTIFICATE);
    sample.line(
        LineRole.LINE_ROLE_CERTIFICATE, "urn:pinlian:certificate:" + Samples.FARMER + ":HZ-0001");
    refuses(sample, "public_part.commitment_certificate.contact");
  }

  // Custody, one side only -----------------------------------------------------------------------

  private static Sample answer(Consumer<CustodyAnswer.Builder> change) {
    return Samples.of(Kind.KIND_CUSTODY_ANSWER)
        .part(part -> change.accept(part.getCustodyAnswerBuilder()));
  }

  @Test
  void everyLineIsAnsweredOnceWithAnOutcome() {
    String at = "public_part.custody_answer.answers";
    refuses(answer(CustodyAnswer.Builder::clearAnswers), at);
    refuses(answer(a -> a.addAnswers(a.getAnswers(0))), at + "[1].line");
    for (int line : new int[] {1, 2, -1}) {
      refuses(
          answer(a -> a.addAnswers(a.getAnswers(0).toBuilder().setLine(line))), at + "[1].line");
    }
    refuses(answer(a -> a.getAnswersBuilder(0).setOfferLine(10_000)), at + "[0].offer_line");
    refuses(answer(a -> a.getAnswersBuilder(0).clearOutcome()), at + "[0].outcome");
    refuses(answer(a -> a.getAnswersBuilder(0).setOutcomeValue(3)), at + "[0].outcome");
    refuses(
        answer(a -> a.getAnswersBuilder(0).setReason(CustodyReason.CUSTODY_REASON_DAMAGE)),
        at + "[0].reason");
    refuses(
        answer(a -> a.getAnswersBuilder(0).setOutcome(CustodyOutcome.CUSTODY_OUTCOME_REFUSED)),
        at + "[0].reason");
  }

  @Test
  void anAnswerCitesOneOffer() {
    refuses(Samples.of(Kind.KIND_CUSTODY_ANSWER).without(LineRole.LINE_ROLE_RECORD), "lines");
    refuses(
        Samples.of(Kind.KIND_CUSTODY_ANSWER)
            .line(LineRole.LINE_ROLE_RECORD, "urn:pinlian:record:8.0"),
        "lines");
    refuses(answer(CustodyAnswer.Builder::clearOffer), "public_part.custody_answer.offer");
  }

  @Test
  void acceptsAnAnswerOfManyLines() {
    Sample sample = Samples.of(Kind.KIND_CUSTODY_ANSWER);
    for (int n = 1; n < 50; n++) {
      sample.line(LineRole.LINE_ROLE_OBJECT, Samples.LOT + n);
      int line = n;
      sample.part(part ->
          part.getCustodyAnswerBuilder()
              .addAnswers(
                  LineAnswer.newBuilder()
                      .setLine(line)
                      .setOfferLine(line)
                      .setOutcome(CustodyOutcome.CUSTODY_OUTCOME_REFUSED)
                      .setReason(CustodyReason.CUSTODY_REASON_OTHER)));
    }
    accepts(sample);
  }

  @Test
  void anOfferCannotEndBeforeItBegins() {
    refuses(
        Samples.of(Kind.KIND_CUSTODY_OFFER)
            .part(part -> part.getCustodyOfferBuilder().setAnswerBy(Samples.NOW - 1)),
        "public_part.custody_offer.answer_by");
  }

  @Test
  void oneSidedRecordsNameTheOtherSideOrHaveAPersonalSection() {
    for (Kind kind : new Kind[] {Kind.KIND_INTAKE, Kind.KIND_DISPATCH}) {
      Sample sample = Samples.of(kind).trade(Trade.Builder::clearCounterparty);
      refuses(sample, "sections.trade.counterparty.name");
      sample.more.add(
          Section.newBuilder()
              .setSalt(Samples.SALT)
              .setClass_(SectionClass.SECTION_CLASS_PERSONAL)
              .setPersonal(Document.getDefaultInstance())
              .build());
      accepts(sample);
    }
    refuses(
        Samples.of(Kind.KIND_INTAKE)
            .trade(trade -> trade.getCounterpartyBuilder().setCountry("chn")),
        "sections[0].trade.counterparty.country");
  }

  // Temperature logs -----------------------------------------------------------------------------

  private static Sample log(Consumer<TemperatureLog.Builder> change) {
    return Samples.of(Kind.KIND_TEMPERATURE_LOG)
        .part(part -> change.accept(part.getTemperatureLogBuilder()));
  }

  private static Sample readings(Consumer<TemperatureReadings.Builder> change) {
    return Samples.of(Kind.KIND_TEMPERATURE_LOG)
        .trade(trade -> change.accept(trade.getReadingsBuilder()));
  }

  @Test
  void refusesLogsThatLeaveSomethingOpen() {
    String at = "public_part.temperature_log.";
    refuses(log(TemperatureLog.Builder::clearDevice), at + "device");
    refuses(log(TemperatureLog.Builder::clearCalibratedUntil), at + "calibrated_until");
    refuses(log(TemperatureLog.Builder::clearTemperatureClass), at + "temperature_class");
    refuses(log(TemperatureLog.Builder::clearMedium), at + "medium");
    refuses(log(TemperatureLog.Builder::clearVerdict), at + "verdict");
    refuses(log(l -> l.clearCurve().clearUntil()), at + "until");
  }

  @Test
  void namesTheFirstReadingThatIsWrong() {
    String at = "sections[0].trade.readings.";
    refuses(readings(r -> r.addSeconds(10)), at + "steps");
    refuses(readings(r -> r.setSeconds(1, 0)), at + "seconds[1]");
    refuses(readings(r -> r.setSteps(2, 900_000)), at + "steps[2]");
    refuses(readings(r -> r.setSteps(0, -273_150)), at + "steps[0]");
    refuses(readings(r -> r.setFromSeconds(-1)), at + "from_seconds");
    refuses(readings(r -> r.setFromSeconds(0)), at + "seconds[0]");
    refuses(readings(r -> r.setSeconds(2, 301)), at + "seconds[2]");
    refuses(readings(r -> r.setSeconds(2, -1)), at + "seconds[2]");
  }

  @Test
  void aReadingOfNineHundredDegreesIsRefusedWhereverItIs() {
    SplittableRandom random = Seeds.random(FieldRulesTest.class);
    for (int round = 0; round < 50; round++) {
      int count = 1 + random.nextInt(500);
      int bad = random.nextInt(count);
      TemperatureReadings.Builder readings =
          TemperatureReadings.newBuilder().setFromSeconds(Samples.NOW / 1000);
      for (int i = 0; i < count; i++) {
        readings.addSeconds(i == 0 ? 0 : 1);
        readings.addSteps((i == 0 ? 5_000 : 0) + (i == bad ? 895_000 : 0));
      }
      refuses(
          Samples.of(Kind.KIND_TEMPERATURE_LOG).trade(trade -> trade.setReadings(readings)),
          "sections[0].trade.readings.steps[" + bad + "]");
    }
  }

  @Test
  void takesAHundredThousandReadingsAndNotOneMore() {
    TemperatureReadings.Builder readings =
        TemperatureReadings.newBuilder().setFromSeconds(Samples.NOW / 1000);
    for (int i = 0; i < 100_000; i++) {
      readings.addSeconds(1).addSteps(0);
    }
    Sample sample =
        log(l -> l.setUntil(Samples.NOW + 100_000_000)).trade(trade -> trade.setReadings(readings));
    accepts(sample);
    sample.trade(trade -> trade.getReadingsBuilder().addSeconds(1).addSteps(0));
    refuses(sample, "sections[0].trade.readings.seconds", RefusalCode.LIMIT_EXCEEDED);
  }

  @Test
  void aCurveIsThinAndAscends() {
    String at = "public_part.temperature_log.curve";
    Sample full = log(TemperatureLog.Builder::clearCurve);
    for (int i = 0; i < 100; i++) {
      CurvePoint.Builder point = CurvePoint.newBuilder().setAt(Samples.NOW + i);
      full.part(part -> part.getTemperatureLogBuilder().addCurve(point));
    }
    accepts(full);
    full.part(part ->
        part.getTemperatureLogBuilder().addCurve(CurvePoint.newBuilder().setAt(Samples.NOW + 100)));
    refuses(full, at, RefusalCode.LIMIT_EXCEEDED);
    refuses(log(l -> l.addCurve(l.getCurve(0))), at + "[1].at");
    refuses(log(l -> l.getCurveBuilder(0).setAt(Samples.NOW - 1)), at + "[0].at");
    refuses(log(l -> l.getCurveBuilder(0).setValue(1L << 40)), at + "[0].value");
  }

  // Orders, voiding, approval --------------------------------------------------------------------

  private static Sample order(Consumer<Order.Builder> change) {
    return Samples.of(Kind.KIND_ORDER).part(part -> change.accept(part.getOrderBuilder()));
  }

  @Test
  void recallsHaveAGradeAndOtherOrdersHaveNone() {
    String at = "public_part.order.";
    for (int grade : new int[] {0, 4, -1}) {
      refuses(order(o -> o.setGrade(grade)), at + "grade");
    }
    for (OrderType type :
        new OrderType[] {
          OrderType.ORDER_TYPE_STOP_SALE,
          OrderType.ORDER_TYPE_WITHDRAWAL,
          OrderType.ORDER_TYPE_SUSPENSION
        }) {
      refuses(order(o -> o.setType(type)), at + "grade");
      accepts(order(o -> o.setType(type).clearGrade()));
    }
    refuses(order(Order.Builder::clearLegalBasis), at + "legal_basis");
    refuses(order(Order.Builder::clearReason), at + "reason");
    refuses(order(o -> o.setTypeValue(9).clearGrade()), at + "type");
  }

  @Test
  void voidingsAndApprovalsCiteOneRecordByPlaceAndDigest() {
    refuses(
        Samples.of(Kind.KIND_VOIDING).part(part -> part.getVoidingBuilder().clearRecord()),
        "public_part.voiding.record");
    refuses(
        Samples.of(Kind.KIND_APPROVAL)
            .part(part -> part.getApprovalBuilder().setRecord(Samples.DIGEST.substring(1))),
        "public_part.approval.record");
    for (Kind kind : new Kind[] {Kind.KIND_VOIDING, Kind.KIND_APPROVAL}) {
      refuses(Samples.of(kind).onlyLines(line(LineRole.LINE_ROLE_OBJECT, Samples.LOT)), "lines");
    }
  }

  @Test
  void erasuresNameOnlyWhatMayBeErasedAndOneRecord() {
    String at = "public_part.erasure.";
    refuses(erasure(Erasure.Builder::clearRecord), at + "record");
    refuses(erasure(Erasure.Builder::clearClasses), at + "classes");
    refuses(erasure(Erasure.Builder::clearLaw), at + "law");
    refuses(erasure(Erasure.Builder::clearArticle), at + "article");
    refuses(erasure(Erasure.Builder::clearReason), at + "reason");
    for (int kept : new int[] {0, 1, 2, 6, -1}) {
      refuses(erasure(e -> e.setClassesValue(0, kept)), at + "classes[0]");
    }
    refuses(erasure(e -> e.setClassesValue(1, e.getClassesValue(0))), at + "classes[1]");
    refuses(erasure(e -> e.setClassesValue(0, 5).setClassesValue(1, 3)), at + "classes[1]");
    refuses(Samples.of(Kind.KIND_ERASURE).line(LineRole.LINE_ROLE_RECORD, Samples.RECORD), "lines");
  }

  private static Sample erasure(Consumer<Erasure.Builder> change) {
    return Samples.of(Kind.KIND_ERASURE).part(part -> change.accept(part.getErasureBuilder()));
  }

  @Test
  void lookUpsSayWhyAndOfWhat() {
    refuses(
        Samples.of(Kind.KIND_LOOK_UP).part(part -> part.getLookUpBuilder().clearPurpose()),
        "public_part.look_up.purpose");
    Sample nothing = Samples.of(Kind.KIND_LOOK_UP);
    nothing.trade.clearLookedUp();
    refuses(nothing, "sections.trade.looked_up");
    Sample other = Samples.of(Kind.KIND_LOOK_UP);
    other.trade.setLookedUp("urn:epc:id:sgtin:0614141.107346.2017");
    refuses(other, "sections[0].trade.looked_up", RefusalCode.BAD_SUBJECT);
    Sample event = Samples.of(Kind.KIND_TRACE_EVENT);
    event.trade.setLookedUp(Samples.LOT);
    refuses(event, "sections[0].trade.looked_up");
  }

  // Anything -------------------------------------------------------------------------------------

  @Test
  void neverThrowsWhateverTheFieldsHold() {
    SplittableRandom random = Seeds.random(FieldRulesTest.class);
    List<Kind> kinds = builtKinds();
    int parsed = 0;
    for (int round = 0; round < 20_000; round++) {
      Sample sample = Samples.of(kinds.get(random.nextInt(kinds.size())));
      byte[] part = spoilt(random, sample.part.build().toByteArray());
      byte[] trade = spoilt(random, sample.trade.build().toByteArray());
      try {
        PublicPart spoiltPart = PublicPart.parseFrom(part);
        Section section = Samples.section(Trade.parseFrom(trade));
        FieldRules.check(
            kinds.get(random.nextInt(kinds.size())), spoiltPart, List.of(section), sample.lines);
        FieldRules.check(sample.kind, spoiltPart, List.of(section), sample.lines);
        parsed++;
      } catch (InvalidProtocolBufferException e) {
        // Not this class's business.
      }
    }
    assertTrue(parsed > 1_000, "only " + parsed + " could be parsed");
  }

  private static byte[] spoilt(SplittableRandom random, byte[] bytes) {
    for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }
}
