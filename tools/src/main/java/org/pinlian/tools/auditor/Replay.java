// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.auditor;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.merkle.Frontier;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.heads.HeadChanges;
import org.pinlian.node.heads.HeadsMap;
import org.pinlian.node.heads.MapRevision;
import org.pinlian.record.DelegationAnswer;
import org.pinlian.record.KeyAnswer;
import org.pinlian.record.KeyRecord;
import org.pinlian.record.KeyRegistry;
import org.pinlian.record.KindTable;
import org.pinlian.record.RecordException;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.Standing;
import org.pinlian.record.Submissions;
import org.pinlian.signing.KeyFormatException;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.tools.auditor.Examined.KeysPart;
import org.pinlian.tools.auditor.Examined.Skeletal;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.EnrolledKey;
import org.pinlian.v1.Entry;
import org.pinlian.v1.Genesis;
import org.pinlian.v1.GenesisAuthority;
import org.pinlian.v1.SubmissionHeader;

/**
 * Goes over the entries in order and derives everything again: whose keys are good, who may say
 * what, chains, the heads map, blocks and the tree. Stops at the first thing that is not as the
 * ledger says. For one thread; its examiner for many.
 */
final class Replay implements AutoCloseable {
  private final TrustPolicy policy;
  private final @Nullable Checkpoint remembered;
  private final KeyRegistry registry;
  private final Examiner examiner;
  private final SubmissionIds ids = new SubmissionIds();
  private final ChainTails tails;
  private final HeadsMap map;
  private final BlockFold blocks;
  private final Frontier tree;
  private Hash mapRoot;
  private long sequencedAt;
  private long records;
  private boolean endsWithBlock;

  private Replay(
      TrustPolicy policy,
      HashAlgorithm hash,
      @Nullable Checkpoint remembered,
      FedEntry genesisEntry,
      Entry entry)
      throws AlarmException {
    this.policy = policy;
    this.remembered = remembered;
    Hash leaf = hash.leaf(genesisEntry.bytes().toByteArray());
    this.registry = KeyRegistry.of(entry.getGenesis());
    this.examiner = new Examiner(hash, leaf, registry);
    this.tails = new ChainTails(hash);
    this.map = new HeadsMap(hash, tails);
    map.load().finish(0);
    this.mapRoot = hash.empty();
    this.blocks = new BlockFold(leaf, mapRoot);
    this.tree = new Frontier(hash);
    this.sequencedAt = entry.getSequencedAt();
    append(leaf);
  }

  /**
   * Begins with the entry at index 0.
   *
   * @param policy names the genesis and whose checkpoints count
   * @param remembered what was cosigned last; null if nothing was
   */
  static Replay begin(TrustPolicy policy, @Nullable Checkpoint remembered, FedEntry first)
      throws AlarmException {
    HashAlgorithm hash = policy.hashAlgorithm().orElse(HashAlgorithm.SHA_256);
    Hash leaf = hash.leaf(first.bytes().toByteArray());
    Optional<Hash> expected = policy.genesis();
    if (expected.isPresent() && !expected.get().equals(leaf)) {
      throw new AlarmException(Rule.GENESIS, 0, expected.get().hex(), leaf.hex());
    }
    Entry entry;
    try {
      entry = Submissions.readEntry(first.bytes());
    } catch (RecordException e) {
      throw new AlarmException(
          Rule.ENTRY_NOT_CANONICAL, 0, "a canonical entry", String.valueOf(e.getMessage()));
    }
    if (!entry.hasGenesis() || !first.records().isEmpty() || !first.attestation().isEmpty()) {
      throw new AlarmException(Rule.GENESIS, 0, "genesis", entry.getBodyCase().toString());
    }
    requireKeys(entry.getGenesis());
    return new Replay(policy, hash, remembered, first, entry);
  }

  private static void requireKeys(Genesis genesis) throws AlarmException {
    for (GenesisAuthority authority : genesis.getAuthoritiesList()) {
      for (EnrolledKey key : authority.getKeysList()) {
        try {
          var _ = VerifyingKey.ofSpki(key.getSpki().toByteArray());
        } catch (KeyFormatException e) {
          throw new AlarmException(
              Rule.GENESIS, 0, "keys of its authorities", String.valueOf(e.getMessage()));
        }
      }
    }
  }

  Examiner examiner() {
    return examiner;
  }

  /** Entries so far. */
  long size() {
    return tree.size();
  }

  Hash root() {
    return tree.root();
  }

  /** Whether the last entry is a block, as that of every published tree is. */
  boolean endsWithBlock() {
    return endsWithBlock;
  }

  long blocks() {
    return blocks.blocks();
  }

  long records() {
    return records;
  }

  /** Chains and notice chains. */
  long chains() {
    return tails.size();
  }

  /** What chains and map take of memory. */
  long chainBytes() {
    return tails.bytes() + map.bytes();
  }

  void take(Examined examined) throws AlarmException {
    long index = examined.index();
    if (index != size()) {
      throw new IllegalStateException("entry " + index + " after " + size() + " entries");
    }
    AlarmException fault = examined.fault();
    if (fault != null) {
      throw fault;
    }
    Entry entry = examined.entry();
    if (entry == null) {
      throw new IllegalStateException("neither an entry nor a fault");
    }
    if (entry.getSequencedAt() < sequencedAt) {
      throw new AlarmException(
          Rule.TIME_RUNS_BACK,
          index,
          "sequenced at " + sequencedAt + " or later",
          "sequenced at " + entry.getSequencedAt());
    }
    sequencedAt = entry.getSequencedAt();
    switch (entry.getBodyCase()) {
      case GENESIS ->
          throw new AlarmException(Rule.GENESIS, index, "a submission or a block", "genesis");
      case SUBMISSION -> submission(examined, entry);
      case BLOCK -> {
        blocks.check(index, sequencedAt, entry.getBlock());
        blocks.closed(index, examined.leaf(), mapOver(index));
      }
      case BODY_NOT_SET ->
          throw new AlarmException(Rule.ENTRY_NOT_CANONICAL, index, "an entry with a body", "none");
    }
    endsWithBlock = entry.hasBlock();
    append(examined.leaf());
  }

  private void append(Hash leaf) throws AlarmException {
    tree.append(leaf);
    Checkpoint cosigned = remembered;
    if (cosigned != null && cosigned.size() == tree.size()) {
      Hash root = tree.root();
      if (!root.equals(cosigned.root())) {
        throw new AlarmException(
            Rule.FORK, tree.size() - 1, "root " + cosigned.root().hex(), root.hex());
      }
    }
  }

  /** The root of the map over the entries below that size, which is where it stands. */
  private Hash mapOver(long size) {
    HeadChanges changes = tails.cut(size);
    if (changes.count() > 0) {
      map.announce(changes);
      int _ = map.update();
      try (MapRevision newest = map.newest().orElseThrow()) {
        mapRoot = newest.root();
      }
    }
    return mapRoot;
  }

  // ---- submissions -----------------------------------------------------------------------------

  private void submission(Examined examined, Entry entry) throws AlarmException {
    long index = examined.index();
    SubmissionHeader header = examined.header();
    if (header == null) {
      throw new IllegalStateException("a submission without a header");
    }
    blocks.submission(sequencedAt);
    if (!ids.add(header.getSubmitter(), header.getSubmissionId())) {
      throw new AlarmException(
          Rule.SUBMISSION_ID_TWICE,
          index,
          "an id of its own",
          header.getSubmitter()
              + " "
              + java.util.HexFormat.of().formatHex(header.getSubmissionId().toByteArray())
              + ", which an earlier entry has");
    }
    KeyAnswer.Valid signer = signer(examined, entry, header);
    Standing speaker = speaker(examined, signer);
    for (int position = 0; position < examined.records().size(); position++) {
      record(index, position, examined.records().get(position), speaker);
    }
  }

  private KeyAnswer.Valid signer(Examined examined, Entry entry, SubmissionHeader header)
      throws AlarmException {
    long index = examined.index();
    Hash keyId = Hash.of(entry.getSubmission().getKeyId().toByteArray());
    KeyAnswer answer = registry.check(keyId, index, sequencedAt);
    if (!(answer instanceof KeyAnswer.Valid valid)) {
      throw new AlarmException(
          Rule.KEY_NOT_VALID,
          index,
          "a key that is valid there",
          "key "
              + keyId
              + ", "
              + (answer instanceof KeyAnswer.NotValid notValid
                  ? notValid.message()
                  : "which nobody enrolled"));
    }
    if (!valid.key().participant().equals(header.getSubmitter())) {
      throw new AlarmException(
          Rule.WRONG_SUBMITTER,
          index,
          "a key of " + header.getSubmitter(),
          "a key of " + valid.key().participant());
    }
    Boolean known = examined.signature();
    if (!(known == null ? Examiner.isSigned(valid.key(), entry.getSubmission()) : known)) {
      throw new AlarmException(
          Rule.BAD_SIGNATURE, index, "a signature by " + valid.key(), "one that does not verify");
    }
    return valid;
  }

  /** Whose statements these are. */
  private Standing speaker(Examined examined, KeyAnswer.Valid signer) throws AlarmException {
    Attestation attestation = examined.attestation();
    if (attestation == null) {
      return signer.standing();
    }
    long index = examined.index();
    DelegationAnswer answer =
        registry.delegation(signer, attestation.getPrincipal(), index, sequencedAt);
    if (!(answer instanceof DelegationAnswer.InForce delegated)) {
      throw new AlarmException(
          Rule.DELEGATION,
          index,
          "a delegation of " + attestation.getPrincipal() + " to " + signer.key(),
          ((DelegationAnswer.NotInForce) answer).message());
    }
    for (int position = 0; position < examined.records().size(); position++) {
      int kind = examined.records().get(position).kind();
      var refusal = delegated.term().refusal(kind);
      if (refusal.isPresent()) {
        throw new AlarmException(
            Rule.DELEGATION,
            index,
            "a kind that " + attestation.getPrincipal() + " let a gateway sign",
            refusal.get() + ": kind " + kind + " at position " + position);
      }
    }
    return delegated.principal();
  }

  private void record(long index, int position, Skeletal record, Standing speaker)
      throws AlarmException {
    RecordPlace place = new RecordPlace(index, position);
    if (!KindTable.allowsSigner(record.kind(), speaker.roles())) {
      throw new AlarmException(
          Rule.ROLE_NOT_ALLOWED,
          index,
          "a signer who may sign kind " + record.kind() + " at " + place,
          speaker.participant() + " with the roles " + speaker.roles());
    }
    KeysPart keys = record.keys();
    if (keys != null) {
      KeyRecord keyRecord =
          new KeyRecord(
              place, record.digest(), speaker.participant(), keys.part(), keys.subjects());
      var objection = registry.objection(keyRecord);
      if (objection.isPresent()) {
        throw new AlarmException(
            Rule.KEYS_RECORD,
            index,
            "a record that may change keys at " + place,
            objection.get().path() + ": " + objection.get().message());
      }
      var _ = registry.apply(keyRecord);
    }
    tails.touch(
        index, position, record.digest(), record.touched(), KindTable.isNotice(record.kind()));
    records++;
  }

  // ---- checkpoints -----------------------------------------------------------------------------

  /**
   * Checks a checkpoint that the ledger shows as that of all it has sent.
   *
   * @return the size that it is of
   */
  Checkpoint checkpoint(String text) throws AlarmException {
    Checkpoint shown;
    try {
      SignedNote note = SignedNote.parse(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      shown = policy.check(note).checkpoint();
    } catch (NoteException e) {
      throw new AlarmException(
          Rule.CHECKPOINT_SIGNATURE,
          size() - 1,
          "a checkpoint signed by a log of the policy",
          String.valueOf(e.getMessage()));
    }
    if (shown.size() != size()) {
      throw new AlarmException(
          Rule.FEED_MALFORMED,
          size() - 1,
          "a checkpoint of the " + size() + " entries sent",
          "one of size " + shown.size());
    }
    if (!shown.root().equals(root())) {
      throw new AlarmException(
          Rule.CHECKPOINT_ROOT, size() - 1, "root " + root().hex(), shown.root().hex(), text);
    }
    Checkpoint cosigned = remembered;
    if (cosigned != null && shown.size() < cosigned.size()) {
      throw new AlarmException(
          Rule.SHRUNK,
          shown.size() - 1,
          "size " + cosigned.size() + " or more",
          "size " + shown.size(),
          text);
    }
    return shown;
  }

  @Override
  public void close() {
    map.close();
  }
}
