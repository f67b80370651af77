// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.sequencing.LoggedRecords.ReadRecord;
import org.pinlian.node.sequencing.LoggedRecords.Speakers;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Role;

/** What a ledger has of its log, for making dossiers of. */
public interface Holdings {
  HashAlgorithm hash();

  /**
   * Says that these records, and who speaks in them, are asked for next: whoever has to look them
   * up does it together.
   */
  default void expect(List<RecordPlace> places) {}

  /** Says that of these records the paths are asked for next. */
  default void expectPaths(List<RecordPlace> places) {}

  /** Bytes of an entry. */
  ByteString entry(long index);

  /** Who speaks in a submission; empty where there is none. */
  Optional<Speakers> speakers(long index);

  /** What a participant may do at an index; nothing if it is not enrolled there. */
  Set<Role> roles(String participant, long index);

  /** The links of a chain below an index. */
  Links links(Hash mapKey, long below);

  /** The links of one chain, numbered from 1. */
  interface Links {
    /** Of a chain that nothing touched. */
    Links NONE =
        new Links() {
          @Override
          public long count() {
            return 0;
          }

          @Override
          public List<RecordPlace> places(long from, long to) {
            return List.of();
          }

          @Override
          public long firstFrom(RecordPlace place) {
            return 1;
          }

          @Override
          public Hash before(long n, Hash start) {
            return start;
          }
        };

    /** How many there are; 0 if nothing touched it. */
    long count();

    /** Those from one number to another, both included. */
    List<RecordPlace> places(long from, long to);

    /** Number of the first at or after a place in the log; one more than there are if none is. */
    long firstFrom(RecordPlace place);

    /**
     * The hash of the link before a number. Not compared with anything yet.
     *
     * @param start what the first link hangs from
     */
    Hash before(long n, Hash start);
  }

  /** A record without its sections. */
  ReadRecord record(RecordPlace place);

  /** The same with its sections, each checked against the record's digest. */
  ReadRecord recordWithSections(RecordPlace place);

  /**
   * The path from a record's digest to the records_root of its submission.
   *
   * @param digest of the record
   */
  List<Hash> recordsPath(RecordPlace place, Hash digest);

  /** That the entry is in the tree of that size (formats.md B.1). */
  List<Hash> inclusion(long index, long size);
}
