// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import java.util.ArrayList;
import java.util.List;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Chains;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.ShownChain;
import org.pinlian.v1.ShownLink;

/**
 * A chain whose links were recomputed from its first (formats.md A.4): exactly these records make
 * its head.
 *
 * @param key of its subject
 * @param depth as told
 */
record ReadChain(String subject, Hash key, int depth, List<RecordPlace> places, Hash head) {

  /**
   * @param start what its first link hangs from: tells a notice chain from a chain
   */
  static ReadChain read(HashAlgorithm hash, ShownLog log, ShownChain shown, Hash key, Hash start)
      throws VerificationException {
    Hash link = start;
    List<RecordPlace> places = new ArrayList<>(shown.getLinksCount());
    for (ShownLink shownLink : shown.getLinksList()) {
      RecordPlace place = log.place(shownLink.getIndex(), shownLink.getPosition(), "a link");
      if (!places.isEmpty() && places.get(places.size() - 1).compareTo(place) >= 0) {
        throw new VerificationException(
            BrokenRule.LINKS_NOT_ASCENDING, "a link after " + places.get(places.size() - 1), place);
      }
      Hash digest = CheckpointVerifier.hash(shownLink.getRecordDigest(), "a record_digest");
      requireRecord(log, shown.getSubject(), key, place, digest);
      places.add(place);
      // The number of the link is hashed into it, so no link can be left out in the middle.
      link = Chains.link(hash, link, places.size(), place.index(), place.position(), digest);
    }
    Hash head = CheckpointVerifier.hash(shown.getHead(), "a head");
    if (!head.equals(link)) {
      throw new VerificationException(
          BrokenRule.HEAD_MISMATCH, link + " for " + shown.getSubject(), head);
    }
    return new ReadChain(shown.getSubject(), key, shown.getDepth(), List.copyOf(places), link);
  }

  private static void requireRecord(
      ShownLog log, String subject, Hash key, RecordPlace place, Hash digest)
      throws VerificationException {
    ReadRecord record = log.record(place);
    if (record == null) {
      throw new VerificationException(
          BrokenRule.LINK_WITHOUT_RECORD, "record " + place + " before its chain", "none");
    }
    if (!digest.equals(record.digest())) {
      throw new VerificationException(
          BrokenRule.LINK_DIGEST_MISMATCH, record.digest() + " of record " + place, digest);
    }
    if (!record.names(key)) {
      throw new VerificationException(
          BrokenRule.NOT_ON_SUBJECT, "a record that names " + subject, place);
    }
  }

  /** The records on it. */
  List<ReadRecord> records(ShownLog log) {
    List<ReadRecord> records = new ArrayList<>(places.size());
    for (RecordPlace place : places) {
      ReadRecord record = log.record(place);
      if (record == null) {
        throw new IllegalStateException("a chain was taken without record " + place);
      }
      records.add(record);
    }
    return records;
  }

  /** Where those of a notice kind are. */
  List<RecordPlace> notices(ShownLog log) {
    return records(log).stream().filter(ReadRecord::isNotice).map(ReadRecord::place).toList();
  }
}
