// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import com.google.protobuf.ByteString;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.drugfile.BillType.Movement;
import org.pinlian.gateway.drugfile.BillType.Said;
import org.pinlian.gateway.drugfile.DrugFileException.Reason;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.record.Limits;
import org.pinlian.v1.BusinessTransaction;
import org.pinlian.v1.CustodyAnswer;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.CustodyOutcome;
import org.pinlian.v1.Dispatch;
import org.pinlian.v1.Document;
import org.pinlian.v1.EventType;
import org.pinlian.v1.Intake;
import org.pinlian.v1.LineAnswer;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Party;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;

/**
 * A bill as submissions, by the table in {@link BillType}. The same bill of the same owner has the
 * same event and submission ids each time, whatever else it says, so the ledger takes a bill's
 * number once.
 */
public final class BillDrafts {
  /** An answer has one line beside the codes: the offer. */
  private static final int CODES_OF_A_RECORD_MAX = Limits.LINES_MAX - 1;

  private static final int LINE_BYTES = 64;
  private static final int RECORD_BYTES = 8 << 10;
  private static final int SUBMISSION_BYTES = Limits.SUBMISSION_BYTES_MAX - (256 << 10);

  private static final String USE = "bill";
  private static final String SOURCE = "单据";

  private final BillFile file;
  private final Bill bill;
  private final BillSettings settings;
  private final @Nullable Partner partner;
  private final Movement movement;
  private final List<Remark> remarks = new ArrayList<>();

  /**
   * @param file that the bill is of. It is kept with its first bill
   * @throws DrugFileException if the bill is somebody else's, or names no partner where its type
   *     needs one
   */
  public BillDrafts(BillFile file, Bill bill, BillSettings settings) throws DrugFileException {
    this.file = file;
    this.bill = bill;
    this.settings = settings;
    remarks.addAll(bill.remarks());
    requireOwn();
    Partner found =
        switch (bill.type().movement()) {
          case NONE -> null;
          case IN, IN_OR_NONE ->
              settings.partner(bill.field("fromUserId"), bill.field("fromAddress"));
          case OUT, OUT_OR_NONE -> settings.partner(receiver(), bill.field("toAddress"));
        };
    this.partner = settings.isOwner(found) ? null : found;
    this.movement = movement();
  }

  /** Direct shipments go to where they are sent; custody does too. */
  private String receiver() {
    String direct = bill.field("destUserId");
    boolean isDirect = bill.type() == BillType.DIRECT_OUT && !direct.isEmpty();
    return isDirect ? direct : bill.field("toUserId");
  }

  private Movement movement() throws DrugFileException {
    Movement stated = bill.type().movement();
    if (partner != null) {
      return switch (stated) {
        case IN_OR_NONE -> Movement.IN;
        case OUT_OR_NONE -> Movement.OUT;
        case NONE, IN, OUT -> stated;
      };
    }
    if (stated == Movement.IN || stated == Movement.OUT) {
      throw new DrugFileException(
          Reason.NO_PARTNER,
          bill.line(),
          bill.type().number()
              + " "
              + bill.type().title()
              + " names no other firm in "
              + (stated == Movement.IN ? "fromUserId" : "toUserId"));
    }
    return Movement.NONE;
  }

  /** An owner that is not known by this id may be anybody; one that is known must be the signer. */
  private void requireOwn() throws DrugFileException {
    String owner = bill.field("refEntId");
    if (settings.partner(owner, "") instanceof Partner.Enrolled enrolled
        && !enrolled.participant().equals(settings.owner())) {
      throw new DrugFileException(
          Reason.OTHER_OWNER,
          bill.line(),
          "the bill is " + enrolled.participant() + "'s, and signs " + settings.owner());
    }
  }

  /** The enrolled firm whose open offers this bill answers, if it is a bill that does. */
  public Optional<ParticipantId> answers() {
    return movement == Movement.IN && partner instanceof Partner.Enrolled enrolled
        ? Optional.of(enrolled.participant())
        : Optional.empty();
  }

  /** In the order of the file. */
  public List<Subject> codes() {
    return List.copyOf(bill.codes().keySet());
  }

  /** Of the first event that the bill says; each other one has an id of its own. */
  public String eventId() {
    return eventId(0);
  }

  private String eventId(int number) {
    return FileIds.event(USE, settings.owner(), bill.number(), number);
  }

  /**
   * The submissions, each within its limits: nearly always one.
   *
   * @param offers that {@link #answers} has open, by code; codes without one are taken in with one
   *     side only
   */
  public List<DraftSubmission> submissions(Map<Subject, OpenOffer> offers)
      throws DrugFileException {
    List<Part> parts = new ArrayList<>();
    switch (movement) {
      case IN -> takeIn(offers, parts);
      case OUT -> handOut(parts);
      case NONE, IN_OR_NONE, OUT_OR_NONE -> {}
    }
    Optional<Said> said = bill.type().said(movement != Movement.NONE);
    if (said.isPresent()) {
      int events = 0;
      for (List<Subject> some : parts(List.copyOf(bill.codes().keySet()))) {
        parts.add(event(said.get(), some, events++));
      }
    }
    SourcePieces source = source(parts.size());
    List<DraftSubmission> submissions = new ArrayList<>();
    List<Draft> drafts = new ArrayList<>();
    long bytes = 0;
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      long more = part.bytes() + source.bytesOf(i);
      if (!drafts.isEmpty()
          && (bytes + more > SUBMISSION_BYTES || drafts.size() == Limits.RECORDS_MAX)) {
        submissions.add(submission(drafts, submissions.size()));
        drafts.clear();
        bytes = 0;
      }
      personal(part.draft());
      source.addTo(part.draft(), i);
      drafts.add(part.draft());
      bytes += more;
    }
    submissions.add(submission(drafts, submissions.size()));
    return submissions;
  }

  /** The file once, and where it lies for the bills behind the first. */
  private SourcePieces source(int records) throws DrugFileException {
    Bill first = file.bills().get(0);
    if (bill.equals(first)) {
      return new SourcePieces(SOURCE, "application/xml", file.bytes(), records);
    }
    String where =
        "line "
            + bill.line()
            + " of the file with SHA-256 "
            + FileIds.hex(FileIds.sha256(file.bytes()))
            + ", which is kept with bill "
            + first.number();
    return new SourcePieces(
        SOURCE, "text/plain; charset=utf-8", where.getBytes(StandardCharsets.UTF_8), records);
  }

  /** What is odd, known once the submissions were made. */
  public List<Remark> remarks() {
    return List.copyOf(remarks);
  }

  private DraftSubmission submission(List<Draft> drafts, int number) {
    return new DraftSubmission(
        ByteString.copyFrom(FileIds.submission(USE, settings.owner(), bill.number(), number)),
        drafts);
  }

  /** A record, and about how much it will take. */
  private record Part(Draft draft, long bytes) {
    static Part of(Draft draft, List<Subject> codes, LineRole role) {
      long bytes = RECORD_BYTES;
      for (Subject code : codes) {
        draft.line(role, code);
        bytes += code.uri().length() + LINE_BYTES;
      }
      return new Part(draft, bytes);
    }
  }

  private static List<List<Subject>> parts(List<Subject> codes) {
    List<List<Subject>> parts = new ArrayList<>();
    for (int from = 0; from < codes.size(); from += CODES_OF_A_RECORD_MAX) {
      parts.add(codes.subList(from, Math.min(codes.size(), from + CODES_OF_A_RECORD_MAX)));
    }
    return parts;
  }

  // Goods that come ----------------------------------------------------------------------------

  private void takeIn(Map<Subject, OpenOffer> offers, List<Part> into) {
    Map<Subject, List<Subject>> byOffer = new LinkedHashMap<>();
    List<Subject> alone = new ArrayList<>();
    for (Subject code : bill.codes().keySet()) {
      OpenOffer offer = answers().isPresent() ? offers.get(code) : null;
      if (offer == null) {
        alone.add(code);
      } else {
        byOffer.computeIfAbsent(offer.record(), _ -> new ArrayList<>()).add(code);
      }
    }
    for (List<Subject> codes : byOffer.values()) {
      for (List<Subject> some : parts(codes)) {
        into.add(answer(some, offers));
      }
    }
    if (!alone.isEmpty()) {
      answers()
          .ifPresent(from ->
              remarks.add(
                  new Remark(
                      bill.line(),
                      alone.size()
                          + " codes that "
                          + from
                          + " has not offered: taken in with one side only")));
      byProduct(alone, into, this::intake);
    }
  }

  private Part answer(List<Subject> codes, Map<Subject, OpenOffer> offers) {
    CustodyAnswer.Builder answer =
        CustodyAnswer.newBuilder().setAnsweredAt(bill.at().toEpochMilli());
    OpenOffer offer = null;
    for (int line = 0; line < codes.size(); line++) {
      offer = offers.get(codes.get(line));
      if (offer == null) {
        throw new IllegalStateException("only codes with an offer come here");
      }
      answer
          .setOffer(ByteString.copyFrom(offer.digest().bytes()))
          .addAnswers(
              LineAnswer.newBuilder()
                  .setLine(line)
                  .setOfferLine(offer.line())
                  .setOutcome(CustodyOutcome.CUSTODY_OUTCOME_ACCEPTED));
    }
    Draft draft = Draft.of(PublicPart.newBuilder().setCustodyAnswer(answer));
    if (offer != null) {
      draft.line(LineRole.LINE_ROLE_RECORD, offer.record());
    }
    return Part.of(draft.trade(trade().build()), codes, LineRole.LINE_ROLE_OBJECT);
  }

  private Part intake(String product, List<Subject> codes) {
    return Part.of(
        Draft.of(
                PublicPart.newBuilder()
                    .setIntake(
                        Intake.newBuilder()
                            .setReceivedOn(FileDates.dayOf(bill.at()).toString())
                            .setProductName(product)))
            .trade(oneSided()),
        codes,
        LineRole.LINE_ROLE_OBJECT);
  }

  // Goods that go ------------------------------------------------------------------------------

  private void handOut(List<Part> into) {
    if (!(partner instanceof Partner.Enrolled enrolled)) {
      byProduct(List.copyOf(bill.codes().keySet()), into, this::dispatch);
      return;
    }
    for (List<Subject> some : parts(List.copyOf(bill.codes().keySet()))) {
      into.add(
          Part.of(
              Draft.of(
                      PublicPart.newBuilder()
                          .setCustodyOffer(
                              CustodyOffer.newBuilder().setOfferedAt(bill.at().toEpochMilli())))
                  .trade(trade().setReceiver(enrolled.participant().toString()).build()),
              some,
              LineRole.LINE_ROLE_OBJECT));
    }
  }

  private Part dispatch(String product, List<Subject> codes) {
    return Part.of(
        Draft.of(
                PublicPart.newBuilder()
                    .setDispatch(
                        Dispatch.newBuilder()
                            .setDispatchedOn(FileDates.dayOf(bill.at()).toString())
                            .setProductName(product)))
            .trade(oneSided()),
        codes,
        LineRole.LINE_ROLE_OBJECT);
  }

  /** One-sided records are of one product each, by name (食品安全法 arts. 50, 53 have the same). */
  private interface OneSided {
    Part of(String product, List<Subject> codes);
  }

  private void byProduct(List<Subject> codes, List<Part> into, OneSided record) {
    Map<String, List<Subject>> byProduct = new LinkedHashMap<>();
    for (Subject code : codes) {
      byProduct.computeIfAbsent(DrugCodes.product(code), _ -> new ArrayList<>()).add(code);
    }
    byProduct.forEach((product, all) -> {
      String name = settings.productName();
      if (name.isEmpty()) {
        name = product.isEmpty() ? "药品" : "药品 (标识码 " + product + ")";
      }
      for (List<Subject> some : parts(all)) {
        into.add(record.of(name, some));
      }
    });
  }

  // What both have -----------------------------------------------------------------------------

  private Part event(Said said, List<Subject> codes, int number) {
    TraceEvent.Builder event =
        TraceEvent.newBuilder()
            .setType(EventType.EVENT_TYPE_OBJECT)
            .setAction(said.action())
            .setEventId(eventId(number))
            .setEventTime(bill.at().toEpochMilli())
            .setZoneOffset("+08:00")
            .setBusinessStep(said.step())
            .setDisposition(said.disposition());
    if (!settings.area().equals(event.getReadPoint())) {
      event.setReadPoint(settings.area());
    }
    return Part.of(
        Draft.of(PublicPart.newBuilder().setTraceEvent(event)).trade(trade().build()),
        codes,
        LineRole.LINE_ROLE_OBJECT);
  }

  private Trade oneSided() {
    Trade.Builder trade = trade();
    if (partner instanceof Partner.Outside outside) {
      trade.setCounterparty(outside.counterparty());
    } else if (partner instanceof Partner.Enrolled enrolled) {
      trade.getCounterpartyBuilder().setName(enrolled.participant().toString());
    }
    return trade.build();
  }

  private Trade.Builder trade() {
    Trade.Builder trade =
        Trade.newBuilder()
            .addBusinessTransactions(
                BusinessTransaction.newBuilder()
                    .setType(bill.type().transaction().uri())
                    .setId("urn:pinlian:bill:" + settings.owner() + ":" + escaped(bill.number())));
    party("fromUserId", "owning_party").ifPresent(trade::addSources);
    party("toUserId", "owning_party").ifPresent(trade::addDestinations);
    party("destUserId", "possessing_party").ifPresent(trade::addDestinations);
    String note = note();
    return note.isEmpty() ? trade : trade.setNote(note);
  }

  private Optional<Party> party(String field, String type) {
    String id = bill.field(field);
    if (id.isEmpty()) {
      return Optional.empty();
    }
    String who =
        settings.partner(id, "") instanceof Partner.Enrolled enrolled
            ? enrolled.participant().toString()
            : id;
    return Optional.of(Party.newBuilder().setType(type).setId(who).build());
  }

  /** Trade secrets that have no field of their own. */
  private String note() {
    StringBuilder note = new StringBuilder();
    note.append(bill.type().number()).append(' ').append(bill.type().title());
    for (String field :
        List.of(
            "disEntId",
            "assEntId",
            "fromAddress",
            "toAddress",
            "fromBillCode",
            "orderCode",
            "warehouseId",
            "returnReasonDes",
            "cancelReasonDes")) {
      String value = bill.field(field);
      // The whole of it is in the source section.
      if (!value.isEmpty()
          && note.length() + field.length() + value.length() + 3
              <= DrugFileLimits.TEXT_CHARACTERS_MAX) {
        note.append("; ").append(field).append(' ').append(value);
      }
    }
    return note.toString();
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Who sent, took, destroyed and watched: to be erased under law, so in a section of its own. */
  private void personal(Draft draft) {
    StringBuilder people = new StringBuilder();
    for (String field : Bill.PEOPLE) {
      if (!bill.field(field).isEmpty()) {
        people.append(field).append(": ").append(bill.field(field)).append('\n');
      }
    }
    if (!people.isEmpty()) {
      draft.personal(
          Document.newBuilder()
              .setMediaType("text/plain; charset=utf-8")
              .setName("经办人员")
              .setContent(ByteString.copyFrom(people.toString(), StandardCharsets.UTF_8))
              .build());
    }
  }
}
