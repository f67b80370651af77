// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.findings.OrderStanding;
import org.pinlian.node.findings.Related;
import org.pinlian.node.findings.Told;
import org.pinlian.node.heads.ChainLinks;
import org.pinlian.node.heads.Derivation;
import org.pinlian.node.heads.Derivation.Published;
import org.pinlian.node.rules.Statement;
import org.pinlian.node.rules.StatementLine;
import org.pinlian.node.sequencing.LoggedRecords.DamagedRecordException;
import org.pinlian.node.sequencing.LoggedStatements;
import org.pinlian.record.Chains;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.ListNoticesReply;
import org.pinlian.v1.ListNoticesRequest;
import org.pinlian.v1.Notice;
import org.pinlian.v1.NoticeState;
import org.pinlian.v1.RecordAt;
import org.pinlian.v1.RefusalCode;

/**
 * The public notices: which orders were given, newest first, and what has become of each. Opens no
 * section of any record, so there is nothing restricted that it could show. Thread-safe.
 */
public final class Notices {
  static final int COUNT_MAX = 100;
  private static final int COUNT_DEFAULT = 50;

  /** Of one answer: an order may name ten thousand goods, and a message holds eight of those. */
  private static final int BYTES_MAX = 1 << 20;

  /** Before nothing: after every place there is. */
  private static final RecordPlace END = new RecordPlace(Long.MAX_VALUE, Integer.MAX_VALUE);

  /** Of one order, its voidings and theirs: with more, what became of it is not told. */
  private static final int ABOUT_MAX = 20_000;

  private final HashAlgorithm hash;
  private final LoggedStatements statements;
  private final Derivation derivation;
  private final Supplier<Published> published;
  private final int readMax;

  /**
   * @param readMax records read about the orders of one answer, before it ends early
   */
  public Notices(
      HashAlgorithm hash,
      LoggedStatements statements,
      Derivation derivation,
      Supplier<Published> published,
      int readMax) {
    this.hash = hash;
    this.statements = statements;
    this.derivation = derivation;
    this.published = published;
    this.readMax = readMax;
  }

  /**
   * A page of them.
   *
   * @throws NotReadableException if the limits are exceeded
   * @throws DamagedRecordException if a record cannot be read, or is not the one signed
   */
  public ListNoticesReply list(ListNoticesRequest request) {
    RecordPlace before = request.hasBefore() ? place(request.getBefore()) : END;
    int count = request.getCount() == 0 ? COUNT_DEFAULT : request.getCount();
    if (count < 0 || count > COUNT_MAX) {
      throw new NotReadableException(
          RefusalCode.LIMIT_EXCEEDED,
          "count: " + Integer.toUnsignedString(count) + ", at most " + COUNT_MAX);
    }
    Published newest = published.get();
    long asOf = statements.sequencedAt(newest.size() - 1);
    RecordPlace known = new RecordPlace(newest.size(), 0);
    List<RecordPlace> orders =
        derivation.ordersBefore(before.compareTo(known) < 0 ? before : known, count + 1);
    ListNoticesReply.Builder reply =
        ListNoticesReply.newBuilder()
            .setSize(newest.size())
            .setCheckpoint(new String(newest.checkpoint().bytes(), StandardCharsets.UTF_8))
            .setAsOf(asOf);
    Page page = new Page(newest.size());
    int bytes = 0;
    for (RecordPlace order : orders) {
      if (reply.getNoticesCount() == count || page.read > readMax) {
        reply.setMore(true);
        break;
      }
      Notice notice = notice(page.order(order), page, asOf);
      bytes += notice.getSerializedSize();
      // One goes by itself, whatever it takes: what follows must be had too.
      if (bytes > BYTES_MAX && reply.getNoticesCount() > 0) {
        reply.setMore(true);
        break;
      }
      reply.addNotices(notice);
    }
    return reply.build();
  }

  private static RecordPlace place(RecordAt at) {
    if (at.getIndex() < 0 || at.getPosition() < 0) {
      throw new NotReadableException(RefusalCode.BAD_REQUEST, "before: no place in a log");
    }
    return new RecordPlace(at.getIndex(), at.getPosition());
  }

  private static Notice notice(Statement order, Page page, long asOf) {
    Notice.Builder notice =
        Notice.newBuilder()
            .setAt(at(order.place()))
            .setRecordDigest(bytes(order.digest()))
            .setRecordedAt(order.sequencedAt())
            .setOrder(order.part().getOrder())
            .addAllSubjects(subjects(order));
    try {
      page.left = ABOUT_MAX;
      OrderStanding standing = OrderStanding.of(new Told(order), page, asOf);
      Statement by = standing.by().statement();
      notice
          .setState(state(standing.state()))
          .setBy(at(by.place()))
          .setByDigest(bytes(by.digest()))
          .setSince(by.sequencedAt());
    } catch (TooManyException _) {
      notice.setState(NoticeState.NOTICE_STATE_UNSPECIFIED);
    }
    if (Sight.CONSUMER.seesSigner(order.roles(), order.kind().getNumber())) {
      notice.setOrderedBy(order.signer());
    }
    return notice.build();
  }

  private static Set<String> subjects(Statement order) {
    Set<String> subjects = new LinkedHashSet<>();
    for (StatementLine line : order.lines()) {
      if (line.role() == LineRole.LINE_ROLE_OBJECT) {
        subjects.add(line.subject());
      }
    }
    return subjects;
  }

  private static NoticeState state(OrderStanding.State state) {
    return switch (state) {
      case WAITING -> NoticeState.NOTICE_STATE_WAITING;
      case IN_EFFECT -> NoticeState.NOTICE_STATE_IN_EFFECT;
      case CLOSED -> NoticeState.NOTICE_STATE_CLOSED;
      case VOIDED -> NoticeState.NOTICE_STATE_VOIDED;
    };
  }

  private static RecordAt at(RecordPlace place) {
    return RecordAt.newBuilder().setIndex(place.index()).setPosition(place.position()).build();
  }

  private static ByteString bytes(Hash digest) {
    return ByteString.copyFrom(digest.bytes());
  }

  /** Whoever reports under an order without end must not keep the other notices from anybody. */
  private static final class TooManyException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** What one answer reads, below one size. For one thread. */
  private final class Page implements Related {
    private final long size;
    private long read;

    // Of the order that is looked at.
    private long left;

    // Of one entry: orders given together stand next to one another.
    private long openIndex = -1;
    private @Nullable List<Statement> open;

    Page(long size) {
      this.size = size;
    }

    /** Compared with what was signed, unlike what was stated about it, which only counts. */
    Statement order(RecordPlace place) {
      List<Statement> entry = open;
      if (entry == null || openIndex != place.index()) {
        entry = statements.publicOf(place.index());
        open = entry;
        openIndex = place.index();
      }
      if (place.position() >= entry.size() || !entry.get(place.position()).part().hasOrder()) {
        throw new DamagedRecordException("no order is at " + place);
      }
      return entry.get(place.position());
    }

    @Override
    public List<Told> about(Told record) {
      Hash key = Chains.subjectKey(hash, record.statement().place().subject());
      ChainLinks links = derivation.chain(Chains.noticeKey(hash, key), size);
      if (links.count() > left) {
        throw new TooManyException();
      }
      left -= links.count();
      read += links.count();
      List<Told> about = new ArrayList<>(Math.toIntExact(links.count()));
      for (RecordPlace place : links.places(1, links.count())) {
        about.add(
            new Told(
                statements
                    .publicAt(place)
                    .orElseThrow(() -> new DamagedRecordException("no record is at " + place))));
      }
      return about;
    }

    // What becomes of an order is stated about its record.

    @Override
    public List<Told> chain(String subject, int most) {
      return List.of();
    }

    @Override
    public Optional<Told> cited(Told citing) {
      return Optional.empty();
    }
  }
}
