// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.NoteException.Reason;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;

/**
 * Which logs a verifier trusts and whose cosignatures it asks for (B.7, c2sp.org/tlog-policy), and
 * of our own ledgers the genesis and the hash (A.7). Immutable.
 *
 * <p>Narrower than the public format in three things: the file must be UTF-8, keys must be of a
 * type we verify, and no line but ours may start with {@code #pinlian}, so that such a line in the
 * wrong place is not taken for a comment.
 */
public final class TrustPolicy {
  /** The group of cosigners that watch a log for growing honestly. */
  public static final String WITNESSES = "witnesses";

  /** The group of cosigners that re-derive everything; satisfied, completeness is proved. */
  public static final String AUDITORS = "auditors";

  /** The quorum that asks for nobody. */
  public static final String NONE = "none";

  /** The longest file that is read. */
  public static final int MAX_BYTES = 64 * 1024;

  /** The most logs, and the most witnesses and groups, that are read; the format asks for 32. */
  public static final int MAX_DEFINITIONS = 64;

  /**
   * A log to trust.
   *
   * @param verifier whose name is the log's origin
   * @param url where it is, or null
   */
  public record Log(NoteVerifier verifier, @Nullable String url) {}

  /**
   * A cosigner.
   *
   * @param name what this policy calls it, which need not be the name of its key
   * @param url where it is, or null
   */
  public record Witness(String name, NoteVerifier verifier, @Nullable String url) {}

  /**
   * Cosigners and groups of them, of which some must be satisfied.
   *
   * @param threshold how many of the members it takes
   */
  public record Group(String name, int threshold, List<String> members) {
    /** Keeps its own copy of the members. */
    public Group {
      members = List.copyOf(members);
    }
  }

  private final @Nullable Hash genesis;
  private final @Nullable HashAlgorithm algorithm;
  private final List<Log> logs;
  private final List<Witness> witnesses;
  private final List<Group> groups;
  private final String quorum;

  TrustPolicy(
      @Nullable Hash genesis,
      @Nullable HashAlgorithm algorithm,
      List<Log> logs,
      List<Witness> witnesses,
      List<Group> groups,
      String quorum) {
    this.genesis = genesis;
    this.algorithm = algorithm;
    this.logs = List.copyOf(logs);
    this.witnesses = List.copyOf(witnesses);
    this.groups = List.copyOf(groups);
    this.quorum = quorum;
  }

  /** Reads a policy file. What is wrong is reported with its line. */
  public static TrustPolicy parse(byte[] bytes) throws NoteException {
    return new TrustPolicyReader().read(Syntax.utf8(bytes, MAX_BYTES));
  }

  /** As {@link #check(SignedNote, long)}, counting cosignatures of any age. */
  public PolicyVerdict check(SignedNote note) throws NoteException {
    return check(note, 0);
  }

  /**
   * Checks that a trusted log signed this checkpoint, and sees who cosigned it. Refuses the note if
   * any signature on it by a key of this policy is bad. Too few cosigners are not refused here: see
   * {@link PolicyVerdict#requireQuorum}.
   *
   * @param notBefore cosignatures of an earlier time, in POSIX seconds, must be good but do not
   *     count
   */
  public PolicyVerdict check(SignedNote note, long notBefore) throws NoteException {
    return check(note, notBefore, Long.MAX_VALUE);
  }

  /**
   * As {@link #check(SignedNote, long)}.
   *
   * @param notAfter cosignatures of a later time do not count either: a cosigner whose clock once
   *     ran far ahead has not vouched for all the time until then
   */
  public PolicyVerdict check(SignedNote note, long notBefore, long notAfter) throws NoteException {
    List<VerifiedSignature> good = note.verify(verifiers());
    Checkpoint checkpoint = Checkpoint.parse(note.text());
    NoteVerifier log = signingLog(checkpoint, good);

    Map<String, Long> cosigned = new LinkedHashMap<>();
    for (Witness witness : witnesses) {
      // Of several cosignatures by one witness the newest speaks for it.
      good.stream()
          .filter(signature -> signature.verifier().equals(witness.verifier()))
          .mapToLong(signature -> signature.timestamp().orElseThrow())
          .filter(timestamp -> timestamp >= notBefore && timestamp <= notAfter)
          .max()
          .ifPresent(timestamp -> cosigned.put(witness.name(), timestamp));
    }
    Set<String> satisfied = satisfiedBy(cosigned.keySet());
    return new PolicyVerdict(
        checkpoint,
        log,
        cosigned,
        satisfied,
        common(cosigned.keySet(), witnessesIn(WITNESSES)),
        common(cosigned.keySet(), witnessesIn(AUDITORS)),
        quorum.equals(NONE) || satisfied.contains(quorum));
  }

  /**
   * The log must sign under the origin it is trusted for: another trusted log's word is not its.
   */
  private NoteVerifier signingLog(Checkpoint checkpoint, List<VerifiedSignature> good)
      throws NoteException {
    Set<NoteVerifier> signed = new HashSet<>();
    good.forEach(signature -> signed.add(signature.verifier()));
    return logs.stream()
        .map(Log::verifier)
        .filter(log -> log.name().equals(checkpoint.origin()) && signed.contains(log))
        .findFirst()
        .orElseThrow(() ->
            new NoteException(
                Reason.UNKNOWN_LOG,
                "a signature by a trusted log of origin " + Syntax.quote(checkpoint.origin()),
                "signatures by " + signed));
  }

  private Set<String> satisfiedBy(Set<String> cosigners) {
    Set<String> satisfied = new LinkedHashSet<>(cosigners);
    // Groups stand in the order of their definition, so members are decided before.
    for (Group group : groups) {
      long members = group.members().stream().filter(satisfied::contains).count();
      if (members >= group.threshold()) {
        satisfied.add(group.name());
      }
    }
    return satisfied;
  }

  /** All witnesses in the group of that name and in groups within it; of an unknown name, none. */
  private Set<String> witnessesIn(String groupName) {
    Map<String, Set<String>> inGroup = new HashMap<>();
    for (Group group : groups) {
      Set<String> within = new LinkedHashSet<>();
      for (String member : group.members()) {
        within.addAll(inGroup.getOrDefault(member, Set.of(member)));
      }
      inGroup.put(group.name(), within);
    }
    return inGroup.getOrDefault(groupName, Set.of());
  }

  private static Set<String> common(Set<String> some, Set<String> others) {
    Set<String> common = new LinkedHashSet<>(some);
    common.retainAll(others);
    return common;
  }

  /** The keys of all logs and witnesses. */
  public Collection<NoteVerifier> verifiers() {
    return Stream.concat(
            logs.stream().map(Log::verifier), witnesses.stream().map(Witness::verifier))
        .toList();
  }

  /** The leaf hash of the genesis entry, in policies for our ledgers. */
  public Optional<Hash> genesis() {
    return Optional.ofNullable(genesis);
  }

  /** The ledger's hash, in policies for our ledgers. */
  public Optional<HashAlgorithm> hashAlgorithm() {
    return Optional.ofNullable(algorithm);
  }

  /** The logs, in the order of the file. */
  public List<Log> logs() {
    return logs;
  }

  /** The witnesses, in the order of the file. */
  public List<Witness> witnesses() {
    return witnesses;
  }

  /** The groups, in the order of the file. */
  public List<Group> groups() {
    return groups;
  }

  /** The name of the witness or group that must be satisfied, or {@link #NONE}. */
  public String quorum() {
    return quorum;
  }

  /** The policy as a file, without the comments and spaces it may have been read with. */
  public String text() {
    StringBuilder text = new StringBuilder();
    if (genesis != null && algorithm != null) {
      text.append("#pinlian genesis ").append(genesis.hex()).append('\n');
      text.append("#pinlian hash ").append(algorithm.label()).append('\n');
    }
    for (Log log : logs) {
      appendLine(text, "log", log.verifier().vkey(), log.url());
    }
    for (Witness witness : witnesses) {
      appendLine(text, "witness", witness.name(), witness.verifier().vkey(), witness.url());
    }
    for (Group group : groups) {
      appendLine(text, "group", group.name(), threshold(group), String.join(" ", group.members()));
    }
    appendLine(text, "quorum", quorum);
    return text.toString();
  }

  private static String threshold(Group group) {
    if (group.threshold() == group.members().size()) {
      return "all";
    }
    return group.threshold() == 1 ? "any" : Integer.toString(group.threshold());
  }

  private static void appendLine(StringBuilder text, @Nullable String... words) {
    text.append(String.join(" ", Arrays.stream(words).filter(word -> word != null).toList()))
        .append('\n');
  }

  /** The policy as a file, in bytes. */
  public byte[] bytes() {
    return text().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TrustPolicy that && text().equals(that.text());
  }

  @Override
  public int hashCode() {
    return text().hashCode();
  }

  @Override
  public String toString() {
    return text();
  }
}
