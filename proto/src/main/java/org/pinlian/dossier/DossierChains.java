// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pinlian.dossier.Story.StoryLine;
import org.pinlian.dossier.Verdict.LeftOut;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Chains;
import org.pinlian.record.Closure;
import org.pinlian.record.Closure.Following;
import org.pinlian.record.Closure.Member;
import org.pinlian.record.Closure.Tie;
import org.pinlian.record.Reach;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Dossier;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.NotFollowed;
import org.pinlian.v1.PublicPart;

/**
 * The chains of a dossier: whether they are those that the closure reaches, whole as far as they
 * must be, and with nothing withheld that must be shown. For one dossier, by one thread.
 */
final class DossierChains {
  private static final String KEYS = "urn:pinlian:keys:";

  private final HashAlgorithm hash;
  private final ShownLog log;
  private final Dossier dossier;
  private final Subject asked;
  private final Map<RecordPlace, ProvedReading> readings;
  private final Map<Hash, ProvedLinks> members = new LinkedHashMap<>();
  private final Map<String, ProvedLinks> keys = new LinkedHashMap<>();
  private final Map<Hash, ProvedLinks> all = new HashMap<>();

  // By record of goods: how many inputs the view only counts.
  private final Map<RecordPlace, Integer> inputsCounted = new TreeMap<>();
  private final Set<RecordPlace> onKeys = new HashSet<>();
  private final List<LeftOut> leftOut = new ArrayList<>();
  private @Nullable Closure closure;

  /**
   * @param readings of all records of the dossier
   */
  DossierChains(
      HashAlgorithm hash,
      ShownLog log,
      Dossier dossier,
      Subject asked,
      Map<RecordPlace, ProvedReading> readings) {
    this.hash = hash;
    this.log = log;
    this.dossier = dossier;
    this.asked = asked;
    this.readings = readings;
  }

  void addMember(ProvedLinks chain) throws VerificationException {
    requireOnce(chain);
    members.put(chain.key(), chain);
  }

  void addKeys(ProvedLinks chain, @Nullable String previous) throws VerificationException {
    if (!chain.subject().startsWith(KEYS)) {
      throw new VerificationException(
          BrokenRule.CHAIN_WITHOUT_REASON, "a keys chain", chain.name());
    }
    if (previous != null && previous.compareTo(chain.subject()) >= 0) {
      throw new VerificationException(
          BrokenRule.OUT_OF_ORDER, "keys chains ascending, after " + previous, chain.subject());
    }
    requireOnce(chain);
    keys.put(chain.subject(), chain);
  }

  private void requireOnce(ProvedLinks chain) throws VerificationException {
    if (all.put(chain.key(), chain) != null) {
      throw new VerificationException(
          BrokenRule.SHOWN_TWICE, "the chain of " + chain.name() + " once", "a second time");
    }
  }

  // All that can be said only when every chain is there ------------------------------------------

  void verify() throws VerificationException {
    requireClosure();
    requireKeysChains();
    requireOnEveryChain();
  }

  private void requireClosure() throws VerificationException {
    Guide guide = new Guide();
    Closure found = Closure.of(hash, asked.uri(), dossier.getMaxDepth(), guide);
    guide.raise();
    requireProofs(found);
    requireMembers(found);
    requireLeftOut(found);
    for (Member member : found.members()) {
      requireWhole(member, member(member.key()));
    }
    closure = found;
  }

  /** What the closure asks, answered from what is shown. */
  private final class Guide implements Closure.Source {
    private final Map<Hash, List<Reach.Step>> steps = new HashMap<>();
    // The first that was found; the closure goes on, since it does not know of rules.
    private @Nullable VerificationException broken;

    void raise() throws VerificationException {
      if (broken != null) {
        throw broken;
      }
    }

    @Override
    public boolean isShown(Member member) {
      return members.containsKey(member.key());
    }

    @Override
    public List<Reach.Step> steps(Member member) {
      return steps.computeIfAbsent(
          member.key(),
          key -> member(key).places().stream().map(place -> step(reading(place))).toList());
    }

    @Override
    public void passed(Following following, Reach.Step step, int leads) {
      if (broken != null) {
        return;
      }
      try {
        ProvedReading reading = reading(step.place());
        if (following.own() && following.tie() != Tie.PAPER && following.tie() != Tie.INPUT) {
          PublicPart unused = reading.record().requirePublicPart();
        }
        if (following.depth() == 0) {
          requireAskedInText(reading);
        }
        requireWaysOn(reading, leads);
      } catch (VerificationException e) {
        broken = e;
      }
    }

    @Override
    public List<RecordPlace> erased(Member member) {
      ProvedLinks chain = member(member.key());
      return Stream.concat(chain.places().stream(), chain.notices().stream())
          .filter(place -> reading(place).record().isErased())
          .toList();
    }
  }

  private static Reach.Step step(ProvedReading reading) {
    List<Reach.Touch> touches = new ArrayList<>(reading.record().lines().size());
    for (StoryLine line : reading.record().lines()) {
      String subject = line.subject();
      touches.add(
          new Reach.Touch(
              line.role().getNumber(), line.subjectKey(), subject == null ? "" : subject));
    }
    boolean children =
        reading.groups().stream().anyMatch(group -> group.role() == LineRole.LINE_ROLE_CHILD_VALUE);
    PublicPart part = reading.record().publicPart();
    // Where it may be withheld the stay is taken to go on: that leads further, not less.
    boolean removal = part != null && Reach.isRemoval(reading.record().kind(), part);
    return new Reach.Step(reading.record().place(), removal, children, touches);
  }

  private void requireAskedInText(ProvedReading reading) throws VerificationException {
    for (StoryLine line : reading.record().lines()) {
      if (asked.uri().equals(line.subject())) {
        return;
      }
    }
    throw new VerificationException(
        BrokenRule.WITHHELD,
        "the line of the subject asked for in record " + reading.record().place(),
        "a leaf");
  }

  private void requireWaysOn(ProvedReading reading, int leads) throws VerificationException {
    for (ProvedReading.Group group : reading.groups()) {
      if (Closure.isWithheld(leads, group.role(), group.count(), group.texts(), group.keys())) {
        throw new VerificationException(
            BrokenRule.WITHHELD,
            "all "
                + group.count()
                + " lines of role "
                + group.role()
                + " of record "
                + reading.record().place(),
            group.texts() + " in text and " + (group.keys() - group.texts()) + " by key");
      }
      boolean input = group.role() == LineRole.LINE_ROLE_INPUT_VALUE;
      if (input && (leads >> group.role() & 1) == 1 && group.count() > group.keys()) {
        inputsCounted.put(reading.record().place(), group.count() - group.keys());
      }
    }
  }

  private static void requireProofs(Closure found) throws VerificationException {
    for (Member member : found.notShown()) {
      if (member.isProof()) {
        throw new VerificationException(
            BrokenRule.ERASURE_NOT_PROVED,
            "the notices of " + member.subject() + ", of which a section is shown as erased",
            "none");
      }
    }
  }

  private void requireMembers(Closure found) throws VerificationException {
    List<Member> reached = new ArrayList<>(found.members());
    List<ProvedLinks> shown = new ArrayList<>(members.values());
    for (ProvedLinks chain : shown) {
      if (found.member(chain.key()) == null) {
        throw new VerificationException(
            BrokenRule.CHAIN_WITHOUT_REASON, "a subject that the closure reaches", chain.name());
      }
    }
    // Every one shown is reached, and every one reached is shown: only the order is left.
    for (int i = 0; i < reached.size(); i++) {
      Member member = reached.get(i);
      ProvedLinks chain = shown.get(i);
      if (!member.key().equals(chain.key())) {
        throw new VerificationException(
            BrokenRule.OUT_OF_ORDER, "next the chain of " + name(member), chain.name());
      }
      requireName(member, chain.subject());
    }
  }

  /** A subject is called by its URI if a line on the way to it shows that, else by its key. */
  private static void requireName(Member member, String subject) throws VerificationException {
    if (!member.subject().equals(subject)) {
      throw new VerificationException(
          BrokenRule.SUPERFLUOUS,
          member.subject().isEmpty() ? "only the key of a subject" : member.subject(),
          subject.isEmpty() ? "its key" : subject);
    }
  }

  private static String name(Member member) {
    return member.subject().isEmpty() ? member.key().hex() : member.subject();
  }

  private void requireLeftOut(Closure found) throws VerificationException {
    List<NotFollowed> told = dossier.getNotFollowedList();
    int at = 0;
    for (Member member : found.notShown()) {
      if (at == told.size()) {
        throw new VerificationException(
            BrokenRule.NOT_FOLLOWED, "the chain of " + name(member) + ", or why not", "neither");
      }
      NotFollowed next = told.get(at++);
      if (!isOf(next, member)) {
        throw new VerificationException(
            BrokenRule.NOT_FOLLOWED,
            "the chain of " + name(member) + ", or why not",
            "why not " + (next.hasSubject() ? next.getSubject() : "another"));
      }
      requireName(member, next.getSubject());
      boolean tooFar = member.depth() > dossier.getMaxDepth();
      boolean good =
          switch (next.getReason()) {
            case TOO_FAR -> tooFar;
            case TOO_MANY_RECORDS, NOT_VISIBLE -> !tooFar && !member.isOwn();
            case NOT_FOLLOWED_REASON_UNSPECIFIED, UNRECOGNIZED -> false;
          };
      if (!good) {
        throw new VerificationException(
            BrokenRule.REASON_NOT_GOOD,
            "a reason that holds for " + name(member) + " at depth " + member.depth(),
            next.getReason());
      }
      leftOut.add(new LeftOut(member.subject(), member.key(), member.depth(), next.getReason()));
    }
    if (at < told.size()) {
      throw new VerificationException(
          BrokenRule.SUPERFLUOUS,
          at + " subjects that are not followed",
          told.size() + " are listed");
    }
  }

  private boolean isOf(NotFollowed told, Member member) {
    ByteString key = told.getSubjectKey();
    return told.hasSubjectKey()
        ? key.equals(ByteString.copyFrom(member.key().bytes()))
        : told.getSubject().equals(member.subject());
  }

  private void requireWhole(Member member, ProvedLinks chain) throws VerificationException {
    if (chain.places().isEmpty()) {
      return;
    }
    long first = 1;
    if (member.isOwn() && !chain.subject().startsWith(KEYS)) {
      first = Math.max(1, chain.count() - dossier.getMaxRecords() + 1);
    }
    boolean good =
        member.isWhole() ? chain.first() == first : chain.places().get(0).equals(member.from());
    if (!good) {
      throw new VerificationException(
          BrokenRule.CHAIN_NOT_WHOLE,
          "the chain of "
              + name(member)
              + " from "
              + (member.isWhole() ? "link " + first : "record " + member.from())
              + " on",
          "from link " + chain.first() + ", record " + chain.places().get(0));
    }
  }

  /**
   * Whoever signed anything shown, or was signed for, has their keys chain shown, whole and with
   * every line, and nobody else has.
   */
  private void requireKeysChains() throws VerificationException {
    Set<String> needed = new HashSet<>();
    for (ReadSubmission submission : log.submissions()) {
      for (String signer : submission.signers()) {
        needed.add(KEYS + signer);
      }
    }
    for (String subject : needed) {
      if (!keys.containsKey(subject) && !subject.equals(asked.uri())) {
        throw new VerificationException(BrokenRule.KEYS_CHAIN_MISSING, subject, "none");
      }
    }
    for (ProvedLinks chain : keys.values()) {
      if (!needed.contains(chain.subject())) {
        throw new VerificationException(
            BrokenRule.CHAIN_WITHOUT_REASON, "keys chains of signers", chain.subject());
      }
      takeKeys(chain);
    }
    if (asked.kind() == Subject.Kind.KEYS) {
      takeKeys(member(Chains.subjectKey(hash, asked.uri())));
    }
  }

  private void takeKeys(ProvedLinks chain) throws VerificationException {
    if (chain.first() > 1) {
      throw new VerificationException(
          BrokenRule.CHAIN_NOT_WHOLE, chain.name() + " from link 1 on", "link " + chain.first());
    }
    for (RecordPlace place : chain.places()) {
      ProvedReading reading = reading(place);
      ReadRecord record = reading.record();
      if (!ShownChains.isOfKeys(record.kind())) {
        throw new VerificationException(
            BrokenRule.NOT_A_KEYS_RECORD, "a kind that keys chains take", record.kind());
      }
      PublicPart unused = record.requirePublicPart();
      for (ProvedReading.Group group : reading.groups()) {
        if (group.texts() < group.count()) {
          throw new VerificationException(
              BrokenRule.WITHHELD, "every line of record " + place, "role " + group.role());
        }
      }
      if (!reading.signerShown()) {
        throw new VerificationException(
            BrokenRule.WITHHELD, "the signer of record " + place + " on a keys chain", "none");
      }
      onKeys.add(place);
    }
  }

  /**
   * Every record is on the chain of each subject that it names, as far as that chain is shown, and
   * on one at least. Notices are never withheld.
   */
  private void requireOnEveryChain() throws VerificationException {
    Map<Hash, Set<RecordPlace>> places = new HashMap<>();
    all.forEach((key, chain) -> {
      Set<RecordPlace> on = new HashSet<>(chain.places());
      on.addAll(chain.notices());
      places.put(key, on);
    });
    for (ProvedReading reading : readings.values()) {
      ReadRecord record = reading.record();
      boolean used = false;
      for (StoryLine line : record.lines()) {
        ProvedLinks chain = all.get(line.subjectKey());
        if (chain == null) {
          continue;
        }
        boolean on = places.getOrDefault(chain.key(), Set.of()).contains(record.place());
        used |= on;
        if (!on && (record.isNotice() || chain.reachesBackTo(record.place()))) {
          throw new VerificationException(
              BrokenRule.MISSING_FROM_CHAIN,
              "record " + record.place() + " on the chain of each subject that it names",
              "not on " + chain.name());
        }
      }
      if (!used) {
        throw new VerificationException(
            BrokenRule.RECORD_WITHOUT_CHAIN,
            "a record of a chain shown",
            "record " + record.place());
      }
      if (record.isNotice()) {
        PublicPart unused = record.requirePublicPart();
      }
    }
  }

  // What was found ------------------------------------------------------------------------------

  /** Whether the record says something of keys that are needed. */
  boolean isOnKeys(RecordPlace place) {
    return onKeys.contains(place);
  }

  Collection<ProvedLinks> members() {
    return members.values();
  }

  /** How a chain hangs together with what was asked for. */
  Member tie(ProvedLinks chain) {
    Closure found = closure;
    Member member = found == null ? null : found.member(chain.key());
    if (member == null) {
      throw new IllegalStateException("not verified yet");
    }
    return member;
  }

  /**
   * What stands on the notice chain of a record's own subject, oldest first, as far as it is shown
   * who says so and of which records; nothing where that chain is not shown.
   */
  List<ReadRecord> noticesOf(RecordPlace place) {
    ProvedLinks chain = members.get(Chains.subjectKey(hash, place.subject()));
    return chain == null
        ? List.of()
        : chain.notices().stream()
            .map(this::reading)
            .filter(reading -> reading.signerShown() && reading.showsAll(LineRole.LINE_ROLE_RECORD))
            .map(ProvedReading::record)
            .toList();
  }

  List<LeftOut> leftOut() {
    return leftOut;
  }

  /** Inputs of the goods that the view does not show. */
  long inputsCounted() {
    return inputsCounted.values().stream().mapToLong(Integer::longValue).sum();
  }

  private ProvedLinks member(Hash key) {
    ProvedLinks chain = members.get(key);
    if (chain == null) {
      throw new IllegalStateException("the chain of " + key + " is not shown");
    }
    return chain;
  }

  private ProvedReading reading(RecordPlace place) {
    ProvedReading reading = readings.get(place);
    if (reading == null) {
      throw new IllegalStateException("record " + place + " is not shown");
    }
    return reading;
  }
}
