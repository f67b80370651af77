// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.demo;

import static org.pinlian.v1.EventAction.EVENT_ACTION_DELETE;
import static org.pinlian.v1.EventAction.EVENT_ACTION_OBSERVE;
import static org.pinlian.v1.EventType.EVENT_TYPE_OBJECT;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pinlian.gateway.drugfile.Bill;
import org.pinlian.gateway.drugfile.BillDrafts;
import org.pinlian.gateway.drugfile.BillFile;
import org.pinlian.gateway.drugfile.BillSettings;
import org.pinlian.gateway.drugfile.DraftSubmission;
import org.pinlian.gateway.drugfile.DrugFileException;
import org.pinlian.gateway.drugfile.OpenOffer;
import org.pinlian.gateway.drugfile.PackagingRelation;
import org.pinlian.gateway.drugfile.RelationDrafts;
import org.pinlian.gateway.drugfile.RelationSettings;
import org.pinlian.identifier.DrugTraceCode;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.v1.LineRole;

/**
 * A drug of 集中采购 by its 20-digit codes: boxes in packs, packs in a case. The maker's line writes
 * its 关联关系, and every firm on the way to the hospital writes its 单据; all of them are read here as
 * any firm's would be. The codes begin with 952, and drugs are numbered from 8, so they are
 * nobody's.
 */
public final class DrugTale {
  private static final int PACKS = 2;
  private static final int BOXES_IN_A_PACK = 3;
  private static final String PRODUCT = "9520000";
  private static final String NAME = "示例片(集采中选品种)";

  private final Stage stage;
  private final Secrets secrets;
  private final Instant packed;
  private final String number;
  private final String batch;
  private final String box1 = code(1, 1);
  private final String box3 = code(1, 3);
  private final String boxLeft = code(1, BOXES_IN_A_PACK + 1);
  private final String pack = code(2, 1);
  private final String kase = code(3, 1);

  /** Offers that were made, by what they offer. */
  private final Map<Subject, OpenOffer> open = new LinkedHashMap<>();

  /**
   * @param now when the last scene is over
   */
  public DrugTale(Stage stage, Secrets secrets, Instant now) {
    this.stage = stage;
    this.secrets = secrets;
    this.packed = now.minus(Duration.ofHours(40));
    this.number = Scenes.date(packed).format(DateTimeFormatter.BASIC_ISO_DATE);
    this.batch = "YP" + number;
  }

  /** 7 digits that say which pack of which drug, and 13 of serial. */
  private static String code(int layer, int serial) {
    return "952001" + layer + String.format(Locale.ROOT, "%013d", serial);
  }

  public Tale play() throws IdentifierException, DrugFileException {
    packOnTheLine();
    bill(Actor.DRUG_MAKER, Actor.WHOLESALER, 201, packed.plus(Duration.ofHours(4)), kase);
    bill(Actor.DRUG_MAKER, Actor.WHOLESALER, 102, packed.plus(Duration.ofHours(10)), kase);
    open(Actor.WHOLESALER, packed.plus(Duration.ofHours(12)), kase, List.of(pack));
    bill(Actor.WHOLESALER, Actor.HOSPITAL, 201, packed.plus(Duration.ofHours(14)), pack);
    bill(Actor.WHOLESALER, Actor.HOSPITAL, 102, packed.plus(Duration.ofHours(18)), pack);
    List<String> boxes = List.of(box1, code(1, 2), box3);
    open(Actor.HOSPITAL, packed.plus(Duration.ofHours(20)), pack, boxes);
    dispense(packed.plus(Duration.ofHours(30)));
    destroy(packed.plus(Duration.ofHours(36)));

    Map<String, Subject> codes = new LinkedHashMap<>();
    codes.put("drug-box", subject(box1));
    codes.put("drug-destroyed-box", subject(box3));
    codes.put("drug-box-left", subject(boxLeft));
    codes.put("drug-pack", subject(pack));
    codes.put("drug-case", subject(kase));
    Map<String, Subject> lots = new LinkedHashMap<>();
    lots.put("drug-lot", Subject.participantLot(Actor.DRUG_MAKER.id(), PRODUCT + "-" + batch));
    Map<Subject, Actor> holders = new LinkedHashMap<>();
    // Of the first pack one box was dispensed and one destroyed.
    holders.put(subject(pack), Actor.HOSPITAL);
    holders.put(subject(code(1, 2)), Actor.HOSPITAL);
    holders.put(subject(kase), Actor.WHOLESALER);
    holders.put(subject(code(2, 2)), Actor.WHOLESALER);
    for (int i = BOXES_IN_A_PACK + 1; i <= PACKS * BOXES_IN_A_PACK; i++) {
      holders.put(subject(code(1, i)), Actor.WHOLESALER);
    }
    return new Tale(
        "drug",
        "集采药品(20位追溯码): 关联关系与单据文件,持有人 → 批发 → 医院",
        codes,
        lots,
        holders,
        List.of("drug-box"),
        "drug-lot");
  }

  private static Subject subject(String code) throws IdentifierException {
    return Subject.drugCode(DrugTraceCode.parse(code));
  }

  private void packOnTheLine() throws DrugFileException {
    List<DrugFiles.Row> rows = new ArrayList<>();
    rows.add(new DrugFiles.Row(kase, 3, ""));
    int box = 0;
    for (int i = 1; i <= PACKS; i++) {
      rows.add(new DrugFiles.Row(code(2, i), 2, kase));
      for (int j = 0; j < BOXES_IN_A_PACK; j++) {
        rows.add(new DrugFiles.Row(code(1, ++box), 1, code(2, i)));
      }
    }
    byte[] file =
        stage.keep(
            "relation.xml",
            DrugFiles.relation(
                PRODUCT,
                "1:" + PACKS + ":" + PACKS * BOXES_IN_A_PACK,
                batch,
                Scenes.date(packed.minus(Duration.ofDays(3))),
                Scenes.date(packed.plus(Duration.ofDays(700))),
                secrets.of("示例制药厂固体制剂车间"),
                secrets.of("示例线长庚"),
                rows));
    RelationDrafts drafts =
        new RelationDrafts(
            PackagingRelation.read(file),
            new RelationSettings(
                Actor.DRUG_MAKER.id(), packed, Scenes.area(Actor.DRUG_MAKER), NAME, Actor.REGION));
    for (DraftSubmission submission : drafts) {
      stage.file(
          Actor.DRUG_MAKER,
          "关联关系入账 imports its packaging relation: " + rows.size() + " codes",
          submission.drafts());
    }
  }

  /** Imports a bill of a code that goes from one to the other: the seller's or the buyer's own. */
  private void bill(Actor seller, Actor buyer, int type, Instant at, String code)
      throws IdentifierException, DrugFileException {
    boolean sale = type == 201;
    Actor owner = sale ? seller : buyer;
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("billCode", secrets.of("DEMO-DJ" + type + "-" + number + "-" + owner.fileName()));
    fields.put("refEntId", owner.id().toString());
    fields.put("fromUserId", seller.id().toString());
    fields.put("toUserId", buyer.id().toString());
    fields.put("toAddress", secrets.of("示例市示例路" + buyer.fileName() + "一号库"));
    fields.put("fromPerson", secrets.of("示例发货员" + seller.fileName()));
    fields.put("toPerson", secrets.of("示例收货员" + buyer.fileName()));
    Stage.Filed filed =
        file(
            owner,
            type,
            at,
            fields,
            code,
            sale
                ? "销售出库单 201 offers " + code + " by its bill"
                : "采购入库单 102 accepts " + code + " by its bill");
    if (sale) {
      open.put(subject(code), new OpenOffer(filed.record(0), filed.digests().get(0), 0));
    }
  }

  private Stage.Filed file(
      Actor owner, int type, Instant at, Map<String, String> fields, String code, String what)
      throws DrugFileException {
    byte[] bytes =
        stage.keep(
            "bill-" + type + "-" + owner.fileName() + ".xml",
            DrugFiles.bill(type, at, fields, List.of(code)));
    BillFile file = BillFile.read(bytes);
    Bill bill = file.bills().get(0);
    BillDrafts drafts =
        new BillDrafts(
            file, bill, new BillSettings(owner.id(), Map.of(), Scenes.area(owner), NAME));
    return stage.file(owner, what, drafts.submissions(open).get(0).drafts());
  }

  private void open(Actor actor, Instant at, String container, List<String> taken)
      throws IdentifierException {
    List<Subject> goods = new ArrayList<>();
    for (String code : taken) {
      goods.add(subject(code));
    }
    stage.file(
        actor,
        "拆零 takes " + taken.size() + " out of " + container,
        List.of(Scenes.pack(actor, EVENT_ACTION_DELETE, at, subject(container), goods)));
  }

  /** To whom is nobody's business here: patients are not in the ledger. */
  private void dispense(Instant at) throws IdentifierException {
    stage.file(
        Actor.HOSPITAL,
        "发药 dispenses a box",
        List.of(
            Scenes.of(
                    Scenes.event(
                        EVENT_TYPE_OBJECT,
                        EVENT_ACTION_OBSERVE,
                        Actor.HOSPITAL,
                        at,
                        "dispensing",
                        "dispensed"))
                .line(LineRole.LINE_ROLE_OBJECT, subject(box1))));
  }

  private void destroy(Instant at) throws DrugFileException {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("billCode", secrets.of("DEMO-DJ205-" + number));
    fields.put("refEntId", Actor.HOSPITAL.id().toString());
    fields.put("cancelReasonDes", secrets.of("外盒破损,按规定销毁"));
    fields.put("executerName", secrets.of("示例执行人辛"));
    fields.put("superviserName", secrets.of("示例监督人壬"));
    file(Actor.HOSPITAL, 205, at, fields, box3, "销毁出库单 205 destroys a damaged box by its bill");
  }
}
