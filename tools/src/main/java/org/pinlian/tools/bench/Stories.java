// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.pinlian.identifier.CheckDigit;
import org.pinlian.identifier.Gtin;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Sscc;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.v1.Area;
import org.pinlian.v1.CertificateForm;
import org.pinlian.v1.CommitmentBasis;
import org.pinlian.v1.CommitmentCertificate;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Product;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.Role;
import org.pinlian.v1.TemperatureClass;
import org.pinlian.v1.TraceEvent;

/**
 * The products whose dossiers are asked for, all with the same story: a grower harvests a lot and
 * gives its word for it, a processor makes the unit and packs it, a carrier takes the pallet to a
 * shop, the shop takes the unit out and sells it. {@link #SHOWN} records are in the dossier of the
 * unit: one of the class, five of the lot, nine of the unit, and of the pallet five between the
 * packing and the unpacking. Before that the pallet had been used otherwise. Not thread-safe.
 */
final class Stories {
  /** Records in the dossier of a unit, keys aside. */
  static final int SHOWN = 20;

  /** Roles of those who tell the stories, in the order of their numbers. */
  static final List<Role> ROLES =
      List.of(Role.ROLE_PRODUCER, Role.ROLE_PROCESSOR, Role.ROLE_CARRIER, Role.ROLE_SHOP);

  private static final int GROWER = 0;
  private static final int PROCESSOR = 1;
  private static final int CARRIER = 2;
  private static final int SHOP = 3;
  private static final int CLASSES = 100;
  private static final String REGION = "000000";
  private static final String NAME = "竹笋(埔田)";

  private static final List<Stage> STAGES =
      List.of(
          new Stage(SHOP, What.PALLET_SEEN, "storing"),
          new Stage(SHOP, What.PALLET_SEEN, "inspecting"),
          new Stage(SHOP, What.PALLET_SEEN, "shipping"),
          new Stage(GROWER, What.LOT_MADE, "commissioning"),
          new Stage(GROWER, What.LOT_CERTIFIED, ""),
          new Stage(GROWER, What.LOT_SEEN, "sampling"),
          new Stage(GROWER, What.LOT_SEEN, "inspecting"),
          new Stage(GROWER, What.LOT_SEEN, "storing"),
          new Stage(PROCESSOR, What.UNIT_MADE, "commissioning"),
          new Stage(PROCESSOR, What.UNIT_SEEN, "inspecting"),
          new Stage(PROCESSOR, What.PACKED, "packing"),
          new Stage(PROCESSOR, What.PALLET_SEEN, "staging_outbound"),
          new Stage(CARRIER, What.PALLET_SEEN, "loading"),
          new Stage(CARRIER, What.PALLET_SEEN, "departing"),
          new Stage(CARRIER, What.PALLET_SEEN, "arriving"),
          new Stage(SHOP, What.PALLET_SEEN, "receiving"),
          new Stage(SHOP, What.UNPACKED, "unpacking"),
          new Stage(SHOP, What.UNIT_SEEN, "storing"),
          new Stage(SHOP, What.UNIT_SEEN, "inspecting"),
          new Stage(SHOP, What.UNIT_SEEN, "stocking"),
          new Stage(SHOP, What.UNIT_SEEN, "displaying"),
          new Stage(SHOP, What.UNIT_SEEN, "retail_selling"));

  private enum What {
    PALLET_SEEN,
    LOT_MADE,
    LOT_CERTIFIED,
    LOT_SEEN,
    UNIT_MADE,
    UNIT_SEEN,
    PACKED,
    UNPACKED
  }

  private record Stage(int teller, What what, String step) {}

  private final ParticipantId grower;
  private final SplittableRandom random;

  Stories(ParticipantId grower, long seed) {
    this.grower = grower;
    this.random = new SplittableRandom(seed);
  }

  /** How many stages a story has: more than are shown, because of what the pallet did before. */
  static int stages() {
    return STAGES.size();
  }

  /** Who tells a stage, by number. */
  static int teller(int stage) {
    return STAGES.get(stage).teller();
  }

  static Subject unit(int product) throws IdentifierException {
    return Subject.unit(gtin(product), "U%07d".formatted(product));
  }

  private static Subject lot(int product) throws IdentifierException {
    return Subject.lot(gtin(product), "L%07d".formatted(product));
  }

  /** Apart from those of {@link Workload}. */
  private static Subject pallet(int product) throws IdentifierException {
    String body = "0952%02d%011d".formatted(99, product);
    return Subject.sscc(Sscc.parse(body + CheckDigit.gs1(body)));
  }

  private static Gtin gtin(int product) throws IdentifierException {
    String body = "0952" + "%09d".formatted(900_000 + product % CLASSES);
    return Gtin.parse(body + CheckDigit.gs1(body));
  }

  /** What the grower says of the classes, once. */
  static List<Draft> classes() throws IdentifierException {
    List<Draft> drafts = new ArrayList<>(CLASSES);
    for (int i = 0; i < CLASSES; i++) {
      drafts.add(
          Draft.of(
                  PublicPart.newBuilder()
                      .setProduct(
                          Product.newBuilder()
                              .setName(NAME)
                              .setTemperatureClass(
                                  TemperatureClass.TEMPERATURE_CLASS_FRESH_PRODUCE)))
              .line(LineRole.LINE_ROLE_OBJECT, Subject.ofClass(gtin(i))));
    }
    return drafts;
  }

  Draft tell(int product, int number, Instant now) throws IdentifierException {
    Stage stage = STAGES.get(number);
    return switch (stage.what()) {
      case PALLET_SEEN ->
          seen(stage, EventAction.EVENT_ACTION_OBSERVE, now)
              .line(LineRole.LINE_ROLE_OBJECT, pallet(product));
      case LOT_MADE ->
          seen(stage, EventAction.EVENT_ACTION_ADD, now)
              .line(LineRole.LINE_ROLE_OBJECT, lot(product));
      case LOT_SEEN ->
          seen(stage, EventAction.EVENT_ACTION_OBSERVE, now)
              .line(LineRole.LINE_ROLE_OBJECT, lot(product));
      case LOT_CERTIFIED -> certificate(product);
      case UNIT_MADE ->
          seen(stage, EventAction.EVENT_ACTION_ADD, now)
              .line(LineRole.LINE_ROLE_OBJECT, unit(product))
              .line(LineRole.LINE_ROLE_LOT, lot(product));
      case UNIT_SEEN ->
          seen(stage, EventAction.EVENT_ACTION_OBSERVE, now)
              .line(LineRole.LINE_ROLE_OBJECT, unit(product));
      case PACKED -> pack(stage, EventAction.EVENT_ACTION_ADD, product, now);
      case UNPACKED -> pack(stage, EventAction.EVENT_ACTION_DELETE, product, now);
    };
  }

  private Draft seen(Stage stage, EventAction action, Instant now) {
    return event(stage, EventType.EVENT_TYPE_OBJECT, action, now);
  }

  private Draft pack(Stage stage, EventAction action, int product, Instant now)
      throws IdentifierException {
    return event(stage, EventType.EVENT_TYPE_AGGREGATION, action, now)
        .line(LineRole.LINE_ROLE_PARENT, pallet(product))
        .line(LineRole.LINE_ROLE_CHILD, unit(product));
  }

  private Draft event(Stage stage, EventType type, EventAction action, Instant now) {
    Area.Builder area = Area.newBuilder().setRegion(REGION).setRole(ROLES.get(stage.teller()));
    return Draft.of(
            PublicPart.newBuilder()
                .setTraceEvent(
                    TraceEvent.newBuilder()
                        .setType(type)
                        .setAction(action)
                        .setEventTime(now.toEpochMilli() - random.nextInt(60_000))
                        .setZoneOffset("+08:00")
                        .setBusinessStep(stage.step())
                        .setDisposition("in_progress")
                        .setReadPoint(area)
                        .setBusinessLocation(area)))
        .trade(
            Workload.trade(random, stage.teller()).toBuilder()
                .clearQuantities()
                .addQuantities(Quantity.newBuilder().setUnscaled(1).setUnit("EA"))
                .build());
  }

  private Draft certificate(int product) throws IdentifierException {
    String number = "%07d".formatted(product);
    return Draft.of(
            PublicPart.newBuilder()
                .setCommitmentCertificate(
                    CommitmentCertificate.newBuilder()
                        .setForm(CertificateForm.CERTIFICATE_FORM_2025_1)
                        .setNumber(number)
                        .setProductName(NAME)
                        .setQuantity(Quantity.newBuilder().setUnscaled(500).setUnit("KGM"))
                        .setOrigin("示例区示例镇")
                        .setRegion(REGION)
                        .setIssuer("示例竹笋合作社")
                        .setIssuedOn("2026-01-05")
                        .addBases(CommitmentBasis.COMMITMENT_BASIS_CONTROL)
                        .addBases(CommitmentBasis.COMMITMENT_BASIS_OWN_TEST)
                        .addTestedItems("农药残留抑制率")))
        .line(LineRole.LINE_ROLE_OBJECT, lot(product))
        .line(LineRole.LINE_ROLE_CERTIFICATE, Subject.certificate(grower, number));
  }
}
