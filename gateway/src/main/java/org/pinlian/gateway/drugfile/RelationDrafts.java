// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.drugfile.DrugFileException.Reason;
import org.pinlian.gateway.drugfile.PackagingRelation.Batch;
import org.pinlian.gateway.drugfile.PackagingRelation.Code;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.record.Limits;
import org.pinlian.v1.Document;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.ItemMasterData;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;

/**
 * A packaging relation as submissions: first the codes of each batch come to be, then the packs are
 * filled, the innermost first. That order matters: a trace follows a pack's own pack only from the
 * record on that put the goods in.
 *
 * <p>Drafts are made when they are asked for, a submission at a time. Each {@link #iterator} makes
 * the same submissions again, under the same ids.
 */
public final class RelationDrafts implements Iterable<DraftSubmission> {
  /** One line is the lot's or the pack's own. */
  private static final int CODES_OF_A_RECORD_MAX = Limits.LINES_MAX - 1;

  /** What a line takes beside its URI, and a record beside lines and texts: rather too much. */
  private static final int LINE_BYTES = 32;

  private static final int RECORD_BYTES = 1 << 10;

  private static final int CHARACTER_BYTES = 3;

  /** Leaves room for the header and for what is estimated too low. */
  private static final int SUBMISSION_BYTES = Limits.SUBMISSION_BYTES_MAX - (256 << 10);

  private static final String USE = "relation";
  private static final String SOURCE = "关联关系";

  private final PackagingRelation relation;
  private final RelationSettings settings;
  private final String digest;
  private final List<Step> plan = new ArrayList<>();
  private final SourcePieces source;

  /** One record to be made. */
  private sealed interface Step {
    /** Of its lines, about. */
    int bytes();
  }

  /**
   * @param lot the codes are of, null if they are themselves a lot
   */
  private record Commission(Batch batch, @Nullable Subject lot, List<Code> codes, int bytes)
      implements Step {}

  /** Codes of one layer and one lot. */
  private record Group(int layer, @Nullable Subject lot, List<Code> codes) {}

  private record Pack(Code parent, Code first, int count, int bytes) implements Step {}

  /**
   * @throws DrugFileException if the batch number is no lot number of GS1's, or the file holds far
   *     more than codes
   */
  public RelationDrafts(PackagingRelation relation, RelationSettings settings)
      throws DrugFileException {
    this.relation = relation;
    this.settings = settings;
    this.digest = FileIds.hex(FileIds.sha256(relation.bytes()));
    for (Batch batch : relation.batches()) {
      planCommissions(batch);
    }
    for (int layer = 2; layer <= relation.layers(); layer++) {
      planPacks(layer);
    }
    if (plan.isEmpty()) {
      throw new DrugFileException(Reason.MISSING_FIELD, 0, "nothing but empty logistic units");
    }
    this.source = new SourcePieces(SOURCE, "application/xml", relation.bytes(), plan.size());
  }

  // Planning -----------------------------------------------------------------------------------

  private void planCommissions(Batch batch) throws DrugFileException {
    Map<String, Group> groups = new LinkedHashMap<>();
    for (Code code : batch.codes) {
      Subject subject = subject(code.uri);
      // An SSCC numbers a load, which comes to be by being packed.
      if (subject.kind() != Subject.Kind.LOGISTIC_UNIT) {
        Subject lot =
            DrugCodes.lot(subject, settings.maker(), batch.product, batch.number, code.line);
        groups
            .computeIfAbsent(
                code.layer + " " + lot.uri(),
                _ -> new Group(code.layer, subject.equals(lot) ? null : lot, new ArrayList<>()))
            .codes()
            .add(code);
      }
    }
    List<Group> inwardFirst = new ArrayList<>(groups.values());
    inwardFirst.sort(Comparator.comparingInt(Group::layer));
    int texts =
        CHARACTER_BYTES
            * (batch.productNote.length() + batch.place.length() + batch.lineManager.length());
    for (Group group : inwardFirst) {
      List<Code> codes = group.codes();
      for (int from = 0; from < codes.size(); from += CODES_OF_A_RECORD_MAX) {
        List<Code> some = codes.subList(from, Math.min(codes.size(), from + CODES_OF_A_RECORD_MAX));
        plan.add(new Commission(batch, group.lot(), some, texts + bytes(some)));
      }
    }
  }

  private void planPacks(int layer) {
    for (Batch batch : relation.batches()) {
      for (Code parent : batch.codes) {
        Code child = parent.layer == layer ? parent.firstChild : null;
        while (child != null) {
          Code first = child;
          int count = 0;
          int bytes = RECORD_BYTES + CHARACTER_BYTES * batch.place.length();
          for (; child != null && count < CODES_OF_A_RECORD_MAX; child = child.nextSibling) {
            bytes += child.uri.length() + LINE_BYTES;
            count++;
          }
          plan.add(new Pack(parent, first, count, bytes));
        }
      }
    }
  }

  private static int bytes(List<Code> codes) {
    int bytes = RECORD_BYTES;
    for (Code code : codes) {
      bytes += code.uri.length() + LINE_BYTES;
    }
    return bytes;
  }

  // Drafting -----------------------------------------------------------------------------------

  /** Of all submissions together. */
  public int recordCount() {
    return plan.size();
  }

  @Override
  public Iterator<DraftSubmission> iterator() {
    return new Iterator<>() {
      private int next;
      private int submissions;

      @Override
      public boolean hasNext() {
        return next < plan.size();
      }

      @Override
      public DraftSubmission next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        List<Draft> drafts = new ArrayList<>();
        long bytes = 0;
        while (hasNext() && drafts.size() < Limits.RECORDS_MAX) {
          bytes += plan.get(next).bytes() + source.bytesOf(next);
          if (!drafts.isEmpty() && bytes > SUBMISSION_BYTES) {
            break;
          }
          drafts.add(draft(next++));
        }
        return new DraftSubmission(
            ByteString.copyFrom(FileIds.submission(USE, settings.maker(), digest, submissions++)),
            drafts);
      }
    };
  }

  private Draft draft(int number) {
    Draft draft =
        switch (plan.get(number)) {
          case Commission step -> commission(step, number);
          case Pack step -> pack(step, number);
        };
    source.addTo(draft, number);
    return draft;
  }

  private Draft commission(Commission step, int number) {
    Batch batch = step.batch();
    ItemMasterData.Builder item =
        ItemMasterData.newBuilder()
            .setLot(batch.number)
            .setProductName(settings.productName())
            .setOrigin(settings.origin())
            .setProducedOn(batch.made.toString())
            .setExpiresOn(batch.expires.toString());
    Draft draft =
        Draft.of(
            PublicPart.newBuilder()
                .setTraceEvent(
                    event(EventType.EVENT_TYPE_OBJECT, number, "commissioning", "active")
                        .setItem(item)));
    for (Code code : step.codes()) {
      draft.line(LineRole.LINE_ROLE_OBJECT, subject(code.uri));
    }
    if (step.lot() != null) {
      draft.line(LineRole.LINE_ROLE_LOT, step.lot());
    }
    draft.trade(trade(batch).setNote(batch.productNote).build());
    if (!batch.lineManager.isEmpty()) {
      draft.personal(
          Document.newBuilder()
              .setMediaType("text/plain; charset=utf-8")
              .setName("生产线负责人")
              .setContent(
                  ByteString.copyFrom("lineManager: " + batch.lineManager, StandardCharsets.UTF_8))
              .build());
    }
    return draft;
  }

  private Draft pack(Pack step, int number) {
    Draft draft =
        Draft.of(
            PublicPart.newBuilder()
                .setTraceEvent(
                    event(EventType.EVENT_TYPE_AGGREGATION, number, "packing", "in_progress")));
    draft.line(LineRole.LINE_ROLE_PARENT, subject(step.parent().uri));
    Code child = step.first();
    for (int i = 0; i < step.count() && child != null; i++) {
      draft.line(LineRole.LINE_ROLE_CHILD, subject(child.uri));
      child = child.nextSibling;
    }
    Trade trade = trade(step.parent().batch).build();
    return trade.equals(Trade.getDefaultInstance()) ? draft : draft.trade(trade);
  }

  /** Workshop and line are an exact place: the public sees the county. */
  private static Trade.Builder trade(Batch batch) {
    return Trade.newBuilder().setReadPoint(batch.place);
  }

  private TraceEvent.Builder event(EventType type, int number, String step, String disposition) {
    TraceEvent.Builder event =
        TraceEvent.newBuilder()
            .setType(type)
            .setAction(EventAction.EVENT_ACTION_ADD)
            .setEventId(FileIds.event(USE, settings.maker(), digest, number))
            .setEventTime(settings.packedAt().toEpochMilli())
            .setZoneOffset("+08:00")
            .setBusinessStep(step)
            .setDisposition(disposition);
    if (!settings.area().equals(event.getReadPoint())) {
      event.setReadPoint(settings.area());
    }
    return event;
  }

  private static Subject subject(String canonical) {
    try {
      return Subject.parse(canonical);
    } catch (IdentifierException e) {
      throw new IllegalStateException("was read as a subject before", e);
    }
  }
}
