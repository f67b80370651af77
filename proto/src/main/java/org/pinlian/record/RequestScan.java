// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import org.pinlian.v1.AttestedSubmitRequest;
import org.pinlian.v1.Line;
import org.pinlian.v1.LineGroup;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Record;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Section;
import org.pinlian.v1.SignedHeader;
import org.pinlian.v1.SubmitRequest;

/**
 * Goes once over the bytes of a request and counts what is in it, before anything is made of it.
 * Without this, four megabytes of empty records are two million objects by the time their number is
 * refused. Used once, by one thread.
 */
final class RequestScan {
  private static final int SIGNED = value(SubmitRequest.SIGNED_FIELD_NUMBER);
  private static final int RECORDS = value(SubmitRequest.RECORDS_FIELD_NUMBER);
  private static final int ATTESTATION = value(SubmitRequest.ATTESTATION_FIELD_NUMBER);
  private static final int ATTESTED_ID = value(AttestedSubmitRequest.SUBMISSION_ID_FIELD_NUMBER);
  private static final int ATTESTED_RECORDS = value(AttestedSubmitRequest.RECORDS_FIELD_NUMBER);
  private static final int HEADER = value(SignedHeader.HEADER_FIELD_NUMBER);
  private static final int KEY_ID = value(SignedHeader.KEY_ID_FIELD_NUMBER);
  private static final int SIGNATURE = value(SignedHeader.SIGNATURE_FIELD_NUMBER);
  private static final int KIND = number(Record.KIND_FIELD_NUMBER);
  private static final int PUBLIC_PART = value(Record.PUBLIC_PART_FIELD_NUMBER);
  private static final int SECTIONS = value(Record.SECTIONS_FIELD_NUMBER);
  private static final int GROUPS = value(Record.GROUPS_FIELD_NUMBER);
  private static final int ROLE = number(LineGroup.ROLE_FIELD_NUMBER);
  private static final int LINES = value(LineGroup.LINES_FIELD_NUMBER);

  private static final Shape OF_PUBLIC_PARTS = Shape.strict(PublicPart.getDescriptor());
  private static final Shape OF_SECTIONS = Shape.strict(Section.getDescriptor());
  private static final Shape OF_LINES = Shape.strict(Line.getDescriptor());

  private final CodedInputStream in;
  private int valuesLeft = Limits.SUBMISSION_VALUES_MAX;
  private int records;
  private int lines;

  // Where the scan stands, for a refusal: what of the record, which of them, and which line in it.
  private String part = "";
  private int number = -1;
  private int line = -1;

  private RequestScan(ByteString request) {
    this.in = request.newCodedInput();
  }

  private static int value(int field) {
    return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  private static int number(int field) {
    return field << 3 | WireFormat.WIRETYPE_VARINT;
  }

  /**
   * @throws RecordException MALFORMED, NOT_CANONICAL or LIMIT_EXCEEDED, at the place where it is
   */
  static void check(ByteString request) throws RecordException {
    check(request, RequestScan::request);
  }

  /** As {@link #check}, of an AttestedSubmitRequest. */
  static void checkAttested(ByteString request) throws RecordException {
    check(request, RequestScan::attestedRequest);
  }

  @FunctionalInterface
  private interface Scanning {
    void scan(RequestScan scan) throws IOException, RecordException;
  }

  private static void check(ByteString request, Scanning scanning) throws RecordException {
    RequestScan scan = new RequestScan(request);
    try {
      scanning.scan(scan);
    } catch (IOException e) {
      throw scan.refused(RefusalCode.MALFORMED, "not a readable message: " + e.getMessage());
    }
  }

  private void request() throws IOException, RecordException {
    int seen = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == SIGNED) {
        at("signed", -1);
        seen = once(seen, tag);
        signed();
        at("", -1);
      } else if (tag == RECORDS) {
        record();
      } else if (tag == ATTESTATION) {
        seen = once(seen, tag);
        leaf();
      } else {
        // A newer sender's, and covered by no signature: left out when the request is read.
        Shape.skip(in, tag);
      }
    }
  }

  private void attestedRequest() throws IOException, RecordException {
    int seen = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == ATTESTED_RECORDS) {
        record();
      } else if (tag == ATTESTED_ID) {
        seen = once(seen, tag);
        leaf();
      } else {
        Shape.skip(in, tag);
      }
    }
  }

  private void signed() throws IOException, RecordException {
    int outer = enter();
    int seen = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag != HEADER && tag != KEY_ID && tag != SIGNATURE) {
        throw unknown(tag);
      }
      seen = once(seen, tag);
      leaf();
    }
    in.popLimit(outer);
  }

  private void leaf() throws IOException, RecordException {
    spend();
    in.skipRawBytes(in.readRawVarint32());
  }

  private void record() throws IOException, RecordException {
    if (records == Limits.RECORDS_MAX) {
      throw refused(RefusalCode.LIMIT_EXCEEDED, "records", most(records, "records"));
    }
    records++;
    int outer = enter();
    int seen = 0;
    int sections = 0;
    int groups = 0;
    int linesBefore = lines;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == KIND) {
        seen = once(seen, tag);
        Shape.skip(in, tag);
      } else if (tag == PUBLIC_PART) {
        at("public_part", -1);
        seen = once(seen, tag);
        part(OF_PUBLIC_PARTS);
      } else if (tag == SECTIONS) {
        if (sections == Limits.SECTIONS_MAX) {
          throw refused(RefusalCode.LIMIT_EXCEEDED, path("sections"), most(sections, "sections"));
        }
        at("sections", sections++);
        part(OF_SECTIONS);
      } else if (tag == GROUPS) {
        at("groups", groups++);
        group(linesBefore);
      } else {
        throw unknown(tag);
      }
      at("", -1);
    }
    in.popLimit(outer);
  }

  private void group(int linesBefore) throws IOException, RecordException {
    int outer = enter();
    int seen = 0;
    int linesHere = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == ROLE) {
        seen = once(seen, tag);
        Shape.skip(in, tag);
      } else if (tag == LINES) {
        if (lines - linesBefore == Limits.LINES_MAX) {
          throw refused(
              RefusalCode.LIMIT_EXCEEDED, path("groups"), most(Limits.LINES_MAX, "lines"));
        }
        if (lines == Limits.SUBMISSION_LINES_MAX) {
          throw refused(
              RefusalCode.LIMIT_EXCEEDED,
              "records",
              most(Limits.SUBMISSION_LINES_MAX, "lines in all"));
        }
        lines++;
        line = linesHere++;
        part(OF_LINES);
        line = -1;
      } else {
        throw unknown(tag);
      }
    }
    if (linesHere == 0) {
      throw refused(RefusalCode.NOT_CANONICAL, "an empty group");
    }
    in.popLimit(outer);
  }

  /** A value whose bytes are a message of their own, read later and strictly. */
  private void part(Shape shape) throws IOException, RecordException {
    int outer = enter();
    try {
      valuesLeft = shape.count(in, valuesLeft);
    } catch (Shape.UnknownFieldException e) {
      throw refused(RefusalCode.NOT_CANONICAL, String.valueOf(e.getMessage()));
    }
    requireValuesLeft();
    in.popLimit(outer);
  }

  private int enter() throws IOException, RecordException {
    spend();
    return in.pushLimit(in.readRawVarint32());
  }

  private void spend() throws RecordException {
    valuesLeft--;
    requireValuesLeft();
  }

  private void requireValuesLeft() throws RecordException {
    if (valuesLeft < 0) {
      throw refused(
          RefusalCode.LIMIT_EXCEEDED,
          most(Limits.SUBMISSION_VALUES_MAX, "values in the submission up to here"));
    }
  }

  /** What came twice would be read as its last, or as both in one. */
  private int once(int seen, int tag) throws RecordException {
    int bit = 1 << WireFormat.getTagFieldNumber(tag);
    if ((seen & bit) != 0) {
      throw refused(
          RefusalCode.NOT_CANONICAL, "field " + WireFormat.getTagFieldNumber(tag) + " comes twice");
    }
    return seen | bit;
  }

  private RecordException unknown(int tag) {
    return refused(RefusalCode.NOT_CANONICAL, "unknown field " + WireFormat.getTagFieldNumber(tag));
  }

  private void at(String where, int which) {
    part = where;
    number = which;
  }

  private static String most(int most, String unit) {
    return "more than " + most + " " + unit;
  }

  private RecordException refused(RefusalCode code, String message) {
    String which = number < 0 ? "" : "[" + number + "]";
    String where = line < 0 ? "" : ".lines[" + line + "]";
    return refused(code, path(part) + which + where, message);
  }

  private static RecordException refused(RefusalCode code, String path, String message) {
    return new RecordException(code, path, message);
  }

  private String path(String of) {
    if (of.equals("signed")) {
      return of;
    }
    if (records == 0) {
      return "submission";
    }
    String record = "records[" + (records - 1) + "]";
    return of.isEmpty() ? record : record + "." + of;
  }
}
