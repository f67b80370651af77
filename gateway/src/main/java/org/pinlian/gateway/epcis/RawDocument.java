// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Set;

/**
 * A document as its syntax's reader leaves it: the events as trees, and where each stands in the
 * bytes.
 *
 * @param bytes as received
 * @param ignored names of extensions that the document says are no part of its events
 * @param header of the document, which is kept with its first event only
 * @param filler what stands for the header with the others, so that they can be read again
 */
record RawDocument(
    String mediaType,
    ByteString bytes,
    List<RawEvent> events,
    Set<String> ignored,
    Range header,
    String filler) {

  /** Bytes from, inclusive, to, exclusive. */
  record Range(int from, int to) {
    static final Range NONE = new Range(0, 0);
  }

  /**
   * @param line in which it begins, from 1
   * @param range of what stands in the list of events
   */
  record RawEvent(Node node, Prefixes prefixes, int line, Range range) {}

  /**
   * The original bytes of one event in those of its document, without the other events: a document
   * that can be read by itself.
   */
  ByteString source(int index) {
    Range event = events.get(index).range();
    int listFrom = events.get(0).range().from();
    int listTo = events.get(events.size() - 1).range().to();
    boolean whole = index == 0;
    return outside(0, listFrom, whole)
        .concat(bytes.substring(event.from(), event.to()))
        .concat(outside(listTo, bytes.size(), whole));
  }

  private ByteString outside(int from, int to, boolean whole) {
    if (whole || header.from() < from || header.to() > to || header.equals(Range.NONE)) {
      return bytes.substring(from, to);
    }
    return bytes
        .substring(from, header.from())
        .concat(ByteString.copyFromUtf8(filler))
        .concat(bytes.substring(header.to(), to));
  }
}
