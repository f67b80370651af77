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

  /** Bytes of an entry. */
  ByteString entry(long index);

  /** Who speaks in a submission; empty where there is none. */
  Optional<Speakers> speakers(long index);

  /** What a participant may do at an index; nothing if it is not enrolled there. */
  Set<Role> roles(String participant, long index);

  /**
   * The links of a chain below an index, from link 1 on; none if nothing touched it.
   *
   * @param most reads at most this many
   */
  List<RecordPlace> links(Hash mapKey, long below, int most);

  /** A record without its sections. */
  ReadRecord record(RecordPlace place);

  /** The same with its sections, each checked against the record's digest. */
  ReadRecord recordWithSections(RecordPlace place);

  /** The digests of all records of a submission, which open its records_root. */
  List<Hash> digests(long index);

  /** That the entry is in the tree of that size (formats.md B.1). */
  List<Hash> inclusion(long index, long size);
}
