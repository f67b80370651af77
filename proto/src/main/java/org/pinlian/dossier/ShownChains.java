// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pinlian.dossier.Story.StoryLine;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.record.Reach;
import org.pinlian.record.Reach.Window;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Direction;
import org.pinlian.v1.Kind;
import org.pinlian.v1.PublicPart;

/**
 * The chains that a trace has shown so far: those followed from the subject asked for, and the keys
 * chains of whoever signed on them. Each is there for a reason, and none that is needed is missing.
 * Not thread-safe.
 */
final class ShownChains {
  private final ShownLog log;
  private final Subject asked;
  private final TraceLimits limits;
  // By subject URI, in the order shown.
  private final Map<String, ReadChain> followed = new LinkedHashMap<>();
  private final Map<String, ReadChain> keys = new LinkedHashMap<>();
  // Notice chains of records with erased sections.
  private final Map<String, ReadChain> proofs = new LinkedHashMap<>();
  // The subjects that records on followed chains name, with the least depth of such a chain.
  private final Map<Hash, Integer> namedFrom = new HashMap<>();
  private final Set<RecordPlace> onFollowed = new HashSet<>();
  private final Set<RecordPlace> onKeys = new HashSet<>();
  private int depth;
  private int proofRecords;

  ShownChains(ShownLog log, Subject asked, TraceLimits limits) {
    this.log = log;
    this.asked = asked;
    this.limits = limits;
  }

  private static List<String> keysSubjects(ReadSubmission submission) {
    return submission.signers().stream().map(signer -> "urn:pinlian:keys:" + signer).toList();
  }

  boolean isShown(String subject) {
    return followed.containsKey(subject) || keys.containsKey(subject);
  }

  Collection<ReadChain> followed() {
    return followed.values();
  }

  /** How many different records are on the chains followed. */
  int followedRecords() {
    return onFollowed.size();
  }

  boolean isFollowed(RecordPlace place) {
    return onFollowed.contains(place);
  }

  /** Whether it is a subject whose chain was followed. */
  boolean follows(String subject) {
    return followed.containsKey(subject);
  }

  /** Whether the record says something of keys. */
  boolean isOnKeys(RecordPlace place) {
    return onKeys.contains(place);
  }

  void addKeys(ReadChain chain) throws VerificationException {
    requireDepth(chain, 0, 0);
    takeKeysRecords(chain);
    if (onKeys.size() > TraceLimits.KEYS_RECORDS_MAX) {
      throw new VerificationException(
          BrokenRule.LIMIT_EXCEEDED,
          TraceLimits.KEYS_RECORDS_MAX + " records on keys chains at most",
          onKeys.size());
    }
    keys.put(chain.subject(), chain);
  }

  private void takeKeysRecords(ReadChain chain) throws VerificationException {
    for (ReadRecord record : chain.records(log)) {
      if (!isOfKeys(record.kind())) {
        throw new VerificationException(
            BrokenRule.NOT_A_KEYS_RECORD, "a kind that keys chains take", record.kind());
      }
      PublicPart unused = record.requirePublicPart();
      onKeys.add(record.place());
    }
  }

  /**
   * Whether keys chains take records of the kind: 1 to 4, and the approvals by which some of them
   * take effect (formats.md A.4).
   */
  static boolean isOfKeys(int kind) {
    return kind <= Kind.KIND_DELEGATION_VALUE || kind == Kind.KIND_APPROVAL_VALUE;
  }

  /** The notices of a record that was shown with an erased section. */
  void addProof(ReadChain chain) throws VerificationException {
    requireDepth(chain, 0, 0);
    if (isShown(chain.subject()) || proofs.containsKey(chain.subject())) {
      throw new VerificationException(
          BrokenRule.SHOWN_TWICE, "the notices of " + chain.subject() + " once", "a second time");
    }
    for (ReadRecord record : chain.records(log)) {
      if (!record.isNotice()) {
        throw new VerificationException(
            BrokenRule.NOTICES_MISMATCH, "notices of " + chain.subject(), record.place());
      }
      for (String signer : keysSubjects(log.submissionOf(record))) {
        if (!isShown(signer) && !signer.equals(asked.uri())) {
          throw new VerificationException(
              BrokenRule.KEYS_CHAIN_MISSING, signer + " before " + chain.subject(), "none");
        }
      }
      PublicPart unused = record.requirePublicPart();
    }
    proofRecords += chain.places().size();
    if (proofRecords > TraceLimits.KEYS_RECORDS_MAX) {
      throw new VerificationException(
          BrokenRule.LIMIT_EXCEEDED,
          TraceLimits.KEYS_RECORDS_MAX + " records in proofs of erasures at most",
          proofRecords);
    }
    proofs.put(chain.subject(), chain);
  }

  /** The notices shown of a record's own subject, oldest first. */
  List<ReadRecord> noticesOf(RecordPlace record) {
    ReadChain proof = proofs.get(record.subject());
    if (proof != null) {
      return proof.records(log);
    }
    ReadChain chain = followed.get(record.subject());
    return chain == null
        ? List.of()
        : chain.records(log).stream().filter(ReadRecord::isNotice).toList();
  }

  void addFollowed(ReadChain chain) throws VerificationException {
    requireReason(chain);
    if (chain.places().isEmpty()) {
      throw new VerificationException(
          BrokenRule.CHAIN_MISSING, "a record on " + chain.subject(), "none");
    }
    if (chain.subject().startsWith("urn:pinlian:keys:")) {
      takeKeysRecords(chain);
    }
    for (ReadRecord record : chain.records(log)) {
      for (String signer : keysSubjects(log.submissionOf(record))) {
        // A keys chain that was asked for may have been signed with the keys on it.
        if (!isShown(signer) && !signer.equals(asked.uri())) {
          throw new VerificationException(
              BrokenRule.KEYS_CHAIN_MISSING, signer + " before " + chain.subject(), "none");
        }
      }
      // Public means to every reader (formats.md A.7 rule 6), and only sections can be erased.
      PublicPart unused = record.requirePublicPart();
      // Depths do not decrease, so the first is the least.
      record.lines().forEach(line -> namedFrom.putIfAbsent(line.subjectKey(), chain.depth()));
      onFollowed.add(record.place());
    }
    if (onFollowed.size() > limits.maxRecords()) {
      throw new VerificationException(
          BrokenRule.LIMIT_EXCEEDED, limits.maxRecords() + " records at most", onFollowed.size());
    }
    followed.put(chain.subject(), chain);
  }

  /**
   * The subject asked for comes first; any other is named by a record on a chain nearer to it. Not
   * always one step nearer: a container that is reached again, in another window, leads on from
   * there, and its chain was shown where it was reached first.
   */
  private void requireReason(ReadChain chain) throws VerificationException {
    if (followed.isEmpty()) {
      if (!chain.subject().equals(asked.uri())) {
        throw new VerificationException(
            BrokenRule.CHAIN_MISSING, "first the chain of " + asked.uri(), chain.subject());
      }
      requireDepth(chain, 0, 0);
      return;
    }
    requireDepth(chain, Math.max(1, depth), limits.maxDepth());
    depth = chain.depth();
    if (namedFrom.getOrDefault(chain.key(), depth) >= depth) {
      throw new VerificationException(
          BrokenRule.CHAIN_WITHOUT_REASON,
          "a subject named by a record less than " + depth + " steps away",
          chain.subject());
    }
  }

  private static void requireDepth(ReadChain chain, int least, int most)
      throws VerificationException {
    if (chain.depth() < least || chain.depth() > most) {
      throw new VerificationException(
          most > 0 && Integer.compareUnsigned(chain.depth(), most) > 0
              ? BrokenRule.LIMIT_EXCEEDED
              : BrokenRule.OUT_OF_ORDER,
          "the chain of " + chain.subject() + " at a depth from " + least + " to " + most,
          Integer.toUnsignedString(chain.depth()));
    }
  }

  /** What can be said only when all chains are there. */
  void requireWhole() throws VerificationException {
    if (followed.isEmpty()) {
      throw new VerificationException(BrokenRule.CHAIN_MISSING, asked.uri(), "no chain");
    }
    requireKeysChains();
    requireOnEveryChain();
  }

  /**
   * Every chain is there that the direction leads to along records shown with all their lines.
   *
   * @param cutBy the limits that cut the trace, as told: these two leave out what they like
   */
  void requireFollowed(Direction direction, Collection<String> cutBy) throws VerificationException {
    if (cutBy.contains("max_depth") || cutBy.contains("max_records")) {
      return;
    }
    Deque<Followed> waiting = new ArrayDeque<>();
    Set<Followed> seen = new HashSet<>();
    Map<String, List<Reach.Step>> steps = new HashMap<>();
    Followed first = new Followed(asked.uri(), Window.WHOLE);
    seen.add(first);
    waiting.add(first);
    while (!waiting.isEmpty()) {
      Followed next = waiting.remove();
      ReadChain chain = followed.get(next.subject);
      if (chain == null) {
        // A keys chain leads nowhere.
        if (keys.containsKey(next.subject)) {
          continue;
        }
        throw new VerificationException(
            BrokenRule.NOT_FOLLOWED, "the chain of " + next.subject, "none, and no limit");
      }
      Reach.along(
          direction,
          chain.key(),
          next.window,
          steps.computeIfAbsent(next.subject, unused -> steps(chain)),
          (line, window) -> {
            Followed reached = new Followed(line.subject(), window);
            if (seen.add(reached)) {
              waiting.add(reached);
            }
          });
    }
  }

  private record Followed(String subject, Window window) {}

  /** The records of a chain that are shown with all their lines. */
  private List<Reach.Step> steps(ReadChain chain) {
    List<Reach.Step> steps = new ArrayList<>();
    for (ReadRecord record : chain.records(log)) {
      List<Reach.Touch> touches = new ArrayList<>(record.lines().size());
      for (StoryLine line : record.lines()) {
        String subject = line.subject();
        if (subject != null) {
          touches.add(new Reach.Touch(line.role().getNumber(), line.subjectKey(), subject));
        }
      }
      PublicPart part = record.publicPart();
      // What is on keys chains is shown with all its lines even to those who may not follow it.
      if (part != null && touches.size() == record.lines().size() && !isOnKeys(record.place())) {
        steps.add(new Reach.Step(record.place(), Reach.isRemoval(record.kind(), part), touches));
      }
    }
    return steps;
  }

  /**
   * Whoever signed anything shown, or was signed for, has their keys chain shown, and nobody else
   * has.
   */
  private void requireKeysChains() throws VerificationException {
    Set<String> needed = new HashSet<>();
    for (ReadSubmission submission : log.submissions()) {
      needed.addAll(keysSubjects(submission));
    }
    for (String subject : needed) {
      if (!isShown(subject)) {
        throw new VerificationException(BrokenRule.KEYS_CHAIN_MISSING, subject, "none");
      }
    }
    for (String subject : keys.keySet()) {
      if (!needed.contains(subject)) {
        throw new VerificationException(
            BrokenRule.CHAIN_WITHOUT_REASON, "keys chains of signers", subject);
      }
    }
  }

  /** A record shown on one chain must not be hidden from another that is shown too. */
  private void requireOnEveryChain() throws VerificationException {
    Map<Hash, Set<RecordPlace>> chains = new HashMap<>();
    followed.values().forEach(chain -> chains.put(chain.key(), new HashSet<>(chain.places())));
    keys.values().forEach(chain -> chains.put(chain.key(), new HashSet<>(chain.places())));
    Map<Hash, Set<RecordPlace>> notices = new HashMap<>();
    proofs.values().forEach(chain -> notices.put(chain.key(), new HashSet<>(chain.places())));
    for (ReadRecord record : log.records()) {
      for (StoryLine line : record.lines()) {
        Set<RecordPlace> places =
            chains.getOrDefault(
                line.subjectKey(), record.isNotice() ? notices.get(line.subjectKey()) : null);
        if (places != null && !places.contains(record.place())) {
          throw new VerificationException(
              BrokenRule.MISSING_FROM_CHAIN,
              "record " + record.place() + " on the chain of each subject that it names",
              "not on " + (line.subject() == null ? line.subjectKey() : line.subject()));
        }
      }
    }
  }
}
