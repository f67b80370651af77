// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Supplier;
import org.pinlian.node.sequencing.LoggedRecords;
import org.pinlian.node.sequencing.LoggedRecords.ReadRecord;
import org.pinlian.node.sequencing.LoggedRecords.ReadSubmission;
import org.pinlian.record.RecordException;
import org.pinlian.record.Submissions;
import org.pinlian.v1.DossierRequest;
import org.pinlian.v1.FindHoldersRequest;
import org.pinlian.v1.Kind;
import org.pinlian.v1.RecordAt;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Section;
import org.pinlian.v1.TraceRequest;
import org.pinlian.v1.WatchFindingsRequest;

/**
 * Lets an authority see what is restricted once it has recorded, under its own signature, that it
 * is looking and why. The node cannot write that record, because it cannot sign for the authority;
 * so the reader submits it first and cites it here. Thread-safe.
 */
public final class LookUps {
  /** Long enough for every direction of one story; a purpose is not good for the whole day. */
  static final Duration GOOD_FOR = Duration.ofMinutes(15);

  private static final String LOOK_UPS = "urn:pinlian:lookups:";

  private final LoggedRecords logged;
  private final InstantSource clock;

  public LookUps(LoggedRecords logged, InstantSource clock) {
    this.logged = logged;
    this.clock = clock;
  }

  /**
   * The reader as far as the look-up that it cites lets it see; unchanged where it cites none.
   *
   * @throws NotReadableException if the one it cites is not good
   */
  public Reader admit(Reader reader, TraceRequest request) {
    return request.hasLookUp() ? admit(reader, request.getSubject(), request.getLookUp()) : reader;
  }

  /** The same for a search for holders. */
  public Reader admit(Reader reader, FindHoldersRequest request) {
    return request.hasLookUp() ? admit(reader, request.getSubject(), request.getLookUp()) : reader;
  }

  /** The same for a dossier. */
  public Reader admit(Reader reader, DossierRequest request) {
    return request.hasLookUp() ? admit(reader, request.getSubject(), request.getLookUp()) : reader;
  }

  /**
   * Whoever watches, as often as it is asked: for as long as it is an authority, it sees by the
   * look-up that it cited when it began. That names no goods, but its own look-ups chain.
   *
   * @param caller as who it is at the moment
   * @throws NotReadableException if it is no authority, or the look-up is not good
   */
  public Supplier<Reader> admit(Supplier<Reader> caller, WatchFindingsRequest request) {
    Reader first = authority(caller.get());
    if (!first.lookedUp()) {
      if (!request.hasLookUp()) {
        throw notGood("a watch cites one");
      }
      var _ = admit(first, LOOK_UPS + first.participant(), request.getLookUp());
    }
    return () -> authority(caller.get()).withLookUp();
  }

  private static Reader authority(Reader reader) {
    if (!reader.authority()) {
      throw new NotReadableException(RefusalCode.NOT_A_READER, "findings are for authorities");
    }
    return reader;
  }

  /**
   * @param subject whose restricted parts are asked for
   * @throws NotReadableException if the look-up cited is not good for that
   */
  private Reader admit(Reader reader, String subject, RecordAt cited) {
    if (reader.lookedUp()) {
      return reader;
    }
    if (!reader.authority()) {
      throw notGood("only authorities see by a look-up");
    }
    if (cited.getIndex() < 0 || cited.getPosition() < 0) {
      throw notGood("there is no such record");
    }
    ReadSubmission submission =
        logged.read(cited.getIndex()).orElseThrow(() -> notGood("there is no such record"));
    if (cited.getPosition() >= submission.records().size()) {
      throw notGood("there is no such record");
    }
    // Nobody can sign a look-up for another, so the submitter is who looks.
    if (!submission.header().getSubmitter().equals(reader.participant())) {
      throw notGood("it is another's");
    }
    ReadRecord record = submission.records().get(cited.getPosition());
    if (record.stored().getKind() != Kind.KIND_LOOK_UP_VALUE) {
      throw notGood("the record is no look-up");
    }
    if (!lookedUp(cited, record).equals(subject)) {
      throw notGood("it is of another subject");
    }
    long age = clock.millis() - sequencedAt(submission);
    if (age > GOOD_FOR.toMillis()) {
      throw notGood("it is older than " + GOOD_FOR.toMinutes() + " minutes");
    }
    return reader.withLookUp();
  }

  private static long sequencedAt(ReadSubmission submission) {
    try {
      return Submissions.readEntry(submission.entry()).getSequencedAt();
    } catch (RecordException e) {
      throw new IllegalStateException("an entry that was just read", e);
    }
  }

  private String lookedUp(RecordAt cited, ReadRecord record) {
    for (Map.Entry<Integer, ByteString> section : record.sections().entrySet()) {
      logged.checkOpens(
          cited.getIndex(),
          cited.getPosition(),
          section.getKey(),
          section.getValue(),
          record.skeleton());
      try {
        Section parsed = Section.parseFrom(section.getValue());
        if (parsed.hasTrade()) {
          return parsed.getTrade().getLookedUp();
        }
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException("a section that was admitted", e);
      }
    }
    return "";
  }

  private static NotReadableException notGood(String message) {
    return new NotReadableException(RefusalCode.LOOK_UP_NOT_GOOD, "look_up: " + message);
  }
}
