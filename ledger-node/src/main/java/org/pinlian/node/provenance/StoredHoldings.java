// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.InclusionProof;
import org.pinlian.merkle.Merkle;
import org.pinlian.merkle.NodeSource;
import org.pinlian.merkle.ProofException;
import org.pinlian.node.heads.ChainLinks;
import org.pinlian.node.heads.ChainLinks.KnownLink;
import org.pinlian.node.heads.Derivation;
import org.pinlian.node.sequencing.LoggedRecords;
import org.pinlian.node.sequencing.LoggedRecords.ReadRecord;
import org.pinlian.node.sequencing.LoggedRecords.Speakers;
import org.pinlian.node.storage.TruthStore;
import org.pinlian.record.Chains;
import org.pinlian.record.KeyRegistry;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.Standing;
import org.pinlian.v1.Role;
import org.pinlian.v1.SubmissionHeader;

/** The stores of a node, for one dossier, made by one thread. */
public final class StoredHoldings implements Holdings {
  private final HashAlgorithm hash;
  private final TruthStore truth;
  private final LoggedRecords logged;
  private final Derivation derivation;
  private final KeyRegistry registry;
  private final NodeSource tree;
  private final Map<Long, Optional<Speakers>> speakers = new HashMap<>();

  // Read once: each is shown whose speaker is.
  private final Map<Long, Optional<byte[]>> entries = new HashMap<>();

  // Looked up and not asked for yet.
  private final Map<RecordPlace, byte[]> expected = new HashMap<>();
  private final Map<Long, Optional<byte[]>> expectedDigests = new HashMap<>();

  public StoredHoldings(
      HashAlgorithm hash,
      TruthStore truth,
      LoggedRecords logged,
      Derivation derivation,
      KeyRegistry registry) {
    this.hash = hash;
    this.truth = truth;
    this.logged = logged;
    this.derivation = derivation;
    this.registry = registry;
    this.tree = derivation.tree();
  }

  @Override
  public HashAlgorithm hash() {
    return hash;
  }

  @Override
  public void expect(List<RecordPlace> places) {
    List<Optional<byte[]>> records =
        truth.records(
            places.stream()
                .map(place -> new TruthStore.Place(place.index(), place.position()))
                .toList());
    for (int i = 0; i < records.size(); i++) {
      RecordPlace place = places.get(i);
      records.get(i).ifPresent(bytes -> expected.put(place, bytes));
    }
    List<Long> indexes =
        places.stream()
            .map(RecordPlace::index)
            .filter(index -> !entries.containsKey(index))
            .distinct()
            .toList();
    List<Optional<byte[]>> found = truth.entries(indexes);
    for (int i = 0; i < found.size(); i++) {
      entries.put(indexes.get(i), found.get(i));
    }
  }

  @Override
  public void expectPaths(List<RecordPlace> places) {
    expectedDigests.clear();
    List<Long> indexes = places.stream().map(RecordPlace::index).distinct().toList();
    List<Optional<byte[]>> found = derivation.digests(indexes);
    for (int i = 0; i < found.size(); i++) {
      expectedDigests.put(indexes.get(i), found.get(i));
    }
  }

  @Override
  public ByteString entry(long index) {
    // Not copied, and nobody changes it.
    return UnsafeByteOperations.unsafeWrap(there(entryBytes(index), index));
  }

  private Optional<byte[]> entryBytes(long index) {
    return entries.computeIfAbsent(index, truth::entry);
  }

  @Override
  public Optional<Speakers> speakers(long index) {
    return speakers.computeIfAbsent(
        index, i -> entryBytes(i).flatMap(bytes -> logged.speakers(i, bytes)));
  }

  @Override
  public Set<Role> roles(String participant, long index) {
    return registry.standing(participant, index).map(Standing::roles).orElse(Set.of());
  }

  @Override
  public Links links(Hash mapKey, long below) {
    return new StoredLinks(derivation.chain(mapKey, below));
  }

  private final class StoredLinks implements Links {
    private final ChainLinks chain;

    StoredLinks(ChainLinks chain) {
      this.chain = chain;
    }

    @Override
    public long count() {
      return chain.count();
    }

    @Override
    public List<RecordPlace> places(long from, long to) {
      return chain.places(from, to);
    }

    @Override
    public long firstFrom(RecordPlace place) {
      return chain.firstFrom(place);
    }

    @Override
    public Hash before(long n, Hash start) {
      KnownLink known = chain.knownBefore(n);
      Hash link = known.hash().orElse(start);
      long number = known.n();
      for (RecordPlace place : chain.places(number + 1, n - 1)) {
        link = Chains.link(hash, link, ++number, place.index(), place.position(), digest(place));
      }
      return link;
    }
  }

  /** Of one record, without reading it where that can be had. */
  private Hash digest(RecordPlace place) {
    int at = place.position() * Hash.SIZE;
    return derivation
        .digests(place.index())
        .filter(digests -> digests.length >= at + Hash.SIZE)
        .map(digests -> Hash.read(digests, at))
        .orElseGet(() -> record(place).digest());
  }

  @Override
  public ReadRecord record(RecordPlace place) {
    byte[] bytes = expected.remove(place);
    return bytes == null
        ? there(logged.skeleton(place.index(), place.position()), place.index())
        : logged.skeleton(place.index(), place.position(), bytes);
  }

  @Override
  public ReadRecord recordWithSections(RecordPlace place) {
    ReadRecord record =
        there(logged.read(place.index()), place.index()).records().get(place.position());
    record
        .sections()
        .forEach((number, section) ->
            logged.checkOpens(place.index(), place.position(), number, section, record.skeleton()));
    return record;
  }

  @Override
  public List<Hash> recordsPath(RecordPlace place, Hash digest) {
    SubmissionHeader header = there(speakers(place.index()), place.index()).header();
    Optional<byte[]> expected = expectedDigests.get(place.index());
    Optional<byte[]> stored = expected != null ? expected : derivation.digests(place.index());
    if (stored.isPresent() && stored.get().length == header.getRecordCount() * Hash.SIZE) {
      List<Hash> path = Merkle.inclusionPath(hash, stored.get(), place.position());
      if (opens(header, place.position(), digest, path)) {
        return path;
      }
    }
    List<ReadRecord> records = logged.skeletons(place.index(), header);
    byte[] digests = new byte[records.size() * Hash.SIZE];
    for (int i = 0; i < records.size(); i++) {
      records.get(i).digest().copyTo(digests, i * Hash.SIZE);
    }
    return Merkle.inclusionPath(hash, digests, place.position());
  }

  private boolean opens(SubmissionHeader header, int position, Hash digest, List<Hash> path) {
    try {
      new InclusionProof(position, header.getRecordCount(), path)
          .verify(hash, hash.leaf(digest.bytes()), Hash.of(header.getRecordsRoot().toByteArray()));
      return true;
    } catch (ProofException e) {
      // What is stored of them is not right: they are hashed again.
      return false;
    }
  }

  @Override
  public List<Hash> inclusion(long index, long size) {
    return InclusionProof.build(hash, tree, index, size).path();
  }

  private static <T> T there(Optional<T> found, long index) {
    return found.orElseThrow(() ->
        new IllegalStateException("a chain names entry " + index + ", which is not all there"));
  }
}
