// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.node.rules.Statement;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.DerivedStore.MetaRow;
import org.pinlian.record.DelegationAnswer;
import org.pinlian.record.DelegationTerm;
import org.pinlian.record.KeyAnswer;
import org.pinlian.record.KeyRegistry;
import org.pinlian.record.KindTable;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.Standing;
import org.pinlian.tools.CheckedEntry.CheckedRecord;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.Block;
import org.pinlian.v1.Entry;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.SubmissionHeader;

/**
 * Goes over the checked entries in log order: times, blocks, keys, signatures, rules, chains, tree.
 * At the size that the derived columns speak of it compares them, and goes on to the log's end. For
 * one thread.
 */
final class LogCheck {
  private final Differences differences;
  private final DerivedStore derived;
  private final long derivedUpTo;
  private final KeyRegistry registry;
  private final TreeCheck tree;
  private final DigestCheck digests;
  private final RuleCheck rules;
  private final ChainCheck chains;
  private final MapCheck map;
  private final @Nullable SignatureChecks signatures;
  private final RowSet submissionRows;

  private boolean comparing = true;
  private boolean linksLeadElsewhere;
  private long size;
  private long sequencedAt;
  // For each size that a block may name: when the first submission at or after it was sequenced.
  private final TreeMap<Long, Long> submittedSince = new TreeMap<>(Map.of(0L, 0L));
  private long headsSize;
  private boolean headsRootsAgree = true;
  private @Nullable Hash rootOfDerived;
  private long blockNumber;
  private Hash blockLeaf;
  private boolean submissionSinceBlock;
  private long submissions;
  private long records;
  // What cannot be opened any more. Of few records, for which two authorities had to sign.
  private final Map<RecordPlace, Set<SectionClass>> erased = new TreeMap<>();

  /**
   * @param signatures null to leave them
   * @param submissionRows takes the rows that {@code submissions} must have
   */
  LogCheck(
      Differences differences,
      DerivedStore derived,
      Hash genesisLeaf,
      KeyRegistry registry,
      TreeCheck tree,
      DigestCheck digests,
      RuleCheck rules,
      ChainCheck chains,
      MapCheck map,
      @Nullable SignatureChecks signatures,
      RowSet submissionRows) {
    this.differences = differences;
    this.derived = derived;
    this.derivedUpTo = derived.derivedUpTo();
    this.registry = registry;
    this.tree = tree;
    this.digests = digests;
    this.rules = rules;
    this.chains = chains;
    this.map = map;
    this.signatures = signatures;
    this.submissionRows = submissionRows;
    this.blockLeaf = genesisLeaf;
  }

  long size() {
    return size;
  }

  long submissions() {
    return submissions;
  }

  long blocks() {
    return blockNumber;
  }

  long records() {
    return records;
  }

  /** Records with sections whose key is destroyed. */
  long erased() {
    return erased.size();
  }

  /** The same, of which no erasure in effect says so: somebody destroyed what must be kept. */
  private void compareErased() {
    erased.forEach((place, classes) -> {
      if (!rules.erased().getOrDefault(place, Set.of()).containsAll(classes)) {
        differences.ofTruth(
            place.index(),
            new Difference(
                "seeds",
                place.toString(),
                "the keys of its sections, for no erasure in effect is of them",
                "destroyed " + classes));
      }
    });
  }

  /** Whether {@link ChainCheck.Second} is needed to say which links differ. */
  boolean linksLeadElsewhere() {
    return linksLeadElsewhere;
  }

  void take(CheckedEntry checked) throws InterruptedException {
    long index = checked.index();
    checked.differences().forEach(difference -> differences.ofTruth(index, difference));
    Entry entry = checked.entry();
    if (comparing && index >= derivedUpTo) {
      if (derivedUpTo > 0 && (index != derivedUpTo || entry == null || !entry.hasBlock())) {
        differ("meta", "derived_upto", "the index of a block", Long.toString(derivedUpTo));
      }
      compareDerived();
    }
    if (entry != null) {
      if (entry.getSequencedAt() < sequencedAt) {
        differ(
            index,
            "sequenced at " + sequencedAt + " or later, as the entry before",
            "sequenced at " + entry.getSequencedAt());
      }
      sequencedAt = Math.max(sequencedAt, entry.getSequencedAt());
      switch (entry.getBodyCase()) {
        case GENESIS -> {
          if (index != 0) {
            differ(index, "a submission or a block", "a genesis entry");
          }
        }
        case SUBMISSION -> submission(checked, entry);
        case BLOCK -> block(checked, entry.getBlock(), entry.getSequencedAt());
        case BODY_NOT_SET -> {}
      }
    }
    tree.append(checked.leaf());
    size++;
  }

  /** To be called after the last entry. */
  void finish() throws InterruptedException {
    if (comparing) {
      if (derivedUpTo > size) {
        differ("meta", "derived_upto", "at most " + size + ", the log's size", "" + derivedUpTo);
      } else if (derivedUpTo == size && size > 0) {
        differ("meta", "derived_upto", "the index of a block", "" + derivedUpTo);
      }
      compareDerived();
    }
    compareErased();
    tree.endOfLog();
    if (signatures != null) {
      signatures.finish();
    }
  }

  private void compareDerived() {
    comparing = false;
    // A database that never stored anything has no number either, and then 0 is meant.
    if (derived.nextChainId() != chains.chains()) {
      differ("meta", "next_chain_id", "" + chains.chains(), "" + derived.nextChainId());
    }
    for (MetaRow row : metaRows()) {
      if (!row.name().equals("derived_upto")
          && !row.name().equals("next_chain_id")
          && !row.name().equals("format")) {
        differ("meta", row.name(), "no such row", row.value().length + " bytes");
      }
    }
    comparing("hashes", tree::endOfDerived);
    comparing("digests", digests::endOfDerived);
    comparing("rules", () -> rules.endOfDerived(derived, derivedUpTo));
    comparing("heads", this::compareHeads);
    comparing("chains", () -> linksLeadElsewhere = !chains.compareLinks(derived, derivedUpTo));
    comparing("link_hashes", () -> chains.compareLinkHashes(derived, derivedUpTo));
  }

  private void compareHeads() {
    long before = differences.count();
    Hash root = chains.compareHeads(derived, derivedUpTo);
    rootOfDerived = differences.count() == before ? root : null;
  }

  /** Both are made here: when they differ it is this program that is wrong. */
  private void compareMaps(Hash kept) {
    if (rootOfDerived != null && !rootOfDerived.equals(kept)) {
      differ("heads", "map", "root " + rootOfDerived + ", by the reference", "root " + kept);
    }
  }

  /** A row that is shorter than its column's rows are cannot be read at all. */
  private void comparing(String column, Runnable comparison) {
    try {
      comparison.run();
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      differ(column, "?", "rows of its form", String.valueOf(e.getMessage()));
    }
  }

  private List<MetaRow> metaRows() {
    List<MetaRow> rows = new ArrayList<>();
    try (var cursor = derived.allMeta()) {
      while (cursor.next() && rows.size() < Differences.LISTED_MAX) {
        rows.add(cursor.row());
      }
    }
    return rows;
  }

  // ---- blocks ----------------------------------------------------------------------------------

  private void block(CheckedEntry checked, Block block, long closedAt) {
    long index = checked.index();
    Hash previous = blockLeaf;
    long number = blockNumber + 1;
    blockLeaf = checked.leaf();
    blockNumber = block.getNumber();
    boolean saysMore = submissionSinceBlock || block.getHeadsSize() > headsSize;
    submissionSinceBlock = false;
    // Its own size first: no other size may be named than one that an earlier block covers.
    long named = nameable(block.getHeadsSize()) ? block.getHeadsSize() : headsSize;
    Hash root = map.root(named);
    boolean rootsAgree =
        root == null || block.getHeadsRoot().equals(ByteString.copyFrom(root.bytes()));
    Block expected =
        Block.newBuilder()
            .setNumber(number)
            .setPrevious(ByteString.copyFrom(previous.bytes()))
            .setCovers(index)
            .setHeadsSize(named)
            // One that differs is followed by others that do: only the first is told.
            .setHeadsRoot(
                root == null || !headsRootsAgree
                    ? block.getHeadsRoot()
                    : ByteString.copyFrom(root.bytes()))
            .setLagSince(submittedSince.getOrDefault(named, 0L))
            .setClosedAt(closedAt)
            .build();
    if (!expected.equals(block)) {
      differ(index, said(expected), said(block));
    } else if (!saysMore) {
      differ(index, "a block after a submission", "block " + number + ", which closes nothing");
    }
    headsRootsAgree &= rootsAgree;
    headsSize = named;
    submittedSince.headMap(named).clear();
    map.named(named);
    submittedSince.put(index, 0L);
    Hash kept = map.covered(index);
    if (index == derivedUpTo) {
      compareMaps(kept);
    }
  }

  private boolean nameable(long size) {
    return size >= headsSize && submittedSince.containsKey(size);
  }

  private static String said(Block block) {
    return "block "
        + block.getNumber()
        + " after "
        + HexFormat.of().formatHex(block.getPrevious().toByteArray())
        + ", covers "
        + block.getCovers()
        + ", heads_size "
        + block.getHeadsSize()
        + ", heads_root "
        + HexFormat.of().formatHex(block.getHeadsRoot().toByteArray())
        + ", lag_since "
        + block.getLagSince()
        + ", closed_at "
        + block.getClosedAt();
  }

  // ---- submissions -----------------------------------------------------------------------------

  private void submission(CheckedEntry checked, Entry entry) throws InterruptedException {
    long index = checked.index();
    submissionSinceBlock = true;
    for (var newest = submittedSince.lastEntry();
        newest != null && newest.getValue() == 0;
        newest = submittedSince.lowerEntry(newest.getKey())) {
      submittedSince.put(newest.getKey(), entry.getSequencedAt());
    }
    submissions++;
    records += checked.records().size();
    if (comparing) {
      digests.compare(checked);
    }
    SubmissionHeader header = checked.header();
    if (header == null || checked.submissionsKey() == null || checked.submissionsValue() == null) {
      return;
    }
    submissionRows.add(checked.submissionsKey(), checked.submissionsValue());
    KeyAnswer.Valid signer = signer(checked, entry, header);
    if (signer != null && signatures != null) {
      signatures.add(index, signer.key(), entry.getSubmission());
    }
    // False records are judged by nobody: rules take for granted that fields keep theirs.
    if (signer != null && checked.differences().isEmpty()) {
      judge(checked, entry, header, signer);
    }
    for (CheckedRecord record : checked.records()) {
      if (!record.erased().isEmpty()) {
        erased.put(new RecordPlace(index, record.position()), record.erased());
      }
      chains.touch(index, record, KindTable.isNotice(record.number()));
    }
  }

  private KeyAnswer.@Nullable Valid signer(
      CheckedEntry checked, Entry entry, SubmissionHeader header) {
    if (entry.getSubmission().getKeyId().size() != Hash.SIZE) {
      return null;
    }
    Hash keyId = Hash.of(entry.getSubmission().getKeyId().toByteArray());
    KeyAnswer answer = registry.check(keyId, checked.index(), entry.getSequencedAt());
    if (!(answer instanceof KeyAnswer.Valid valid)) {
      differ(
          checked.index(),
          "a key that is valid there",
          "key "
              + keyId
              + ", "
              + (answer instanceof KeyAnswer.NotValid notValid
                  ? notValid.message()
                  : "which nobody enrolled"));
      return null;
    }
    if (!valid.key().participant().equals(header.getSubmitter())) {
      differ(
          checked.index(),
          "a key of " + header.getSubmitter(),
          "a key of " + valid.key().participant());
      return null;
    }
    return valid;
  }

  private void judge(
      CheckedEntry checked, Entry entry, SubmissionHeader header, KeyAnswer.Valid signer) {
    String submitter = header.getSubmitter();
    Attestation attestation = checked.attestation();
    Standing speaker =
        attestation == null ? signer.standing() : principal(checked, entry, attestation, signer);
    if (speaker == null) {
      return;
    }
    List<Statement> statements = new ArrayList<>(checked.records().size());
    for (CheckedRecord record : checked.records()) {
      statements.add(
          new Statement(
              new RecordPlace(checked.index(), record.position()),
              entry.getSequencedAt(),
              speaker.participant(),
              attestation == null ? null : submitter,
              speaker.roles(),
              speaker.level(),
              record.digest(),
              record.kind(),
              record.part(),
              record.lines(),
              record.trade(),
              record.recipe()));
    }
    rules.judge(checked.index(), speaker.participant(), submitter, statements, checked.records());
  }

  /** What the principal is, if it let the gateway sign all of this; null if not, which is told. */
  private @Nullable Standing principal(
      CheckedEntry checked, Entry entry, Attestation attestation, KeyAnswer.Valid gateway) {
    DelegationAnswer answer =
        registry.delegation(
            gateway, attestation.getPrincipal(), checked.index(), entry.getSequencedAt());
    if (answer instanceof DelegationAnswer.InForce(DelegationTerm term, Standing principal)) {
      return isAllLetSign(checked, term) ? principal : null;
    }
    if (answer instanceof DelegationAnswer.NotInForce(RefusalCode code, String message)) {
      differ(
          checked.index(),
          "a delegation of " + attestation.getPrincipal() + " to " + gateway.key(),
          code + ": " + message);
    }
    return null;
  }

  private boolean isAllLetSign(CheckedEntry checked, DelegationTerm term) {
    for (CheckedRecord record : checked.records()) {
      Optional<RefusalCode> refusal = term.refusal(record.number());
      if (refusal.isPresent()) {
        differ(
            checked.index(),
            "records that " + term.principal() + " let a gateway sign",
            refusal.get() + ": " + record.kind() + " at position " + record.position());
        return false;
      }
    }
    return true;
  }

  private void differ(long index, String expected, String found) {
    differences.ofTruth(index, new Difference("entries", Long.toString(index), expected, found));
  }

  /** What is said of the derived columns as a whole comes before what is said of their rows. */
  private void differ(String column, String key, String expected, String found) {
    differences.ofDerived(-1, new Difference(column, key, expected, found));
  }
}
