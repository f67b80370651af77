// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Closure.Following;
import org.pinlian.record.Closure.Member;
import org.pinlian.record.Closure.Tie;
import org.pinlian.record.Reach.Step;
import org.pinlian.record.Reach.Touch;
import org.pinlian.v1.LineRole;

/** Which subjects belong to a story, told by records that are roles and names alone. */
class ClosureTest {
  private static final HashAlgorithm HASH = HashAlgorithm.SHA_256;
  private static final String UNIT = "https://id.gs1.org/01/09520000000011/21/U1";
  private static final String CLASS = "https://id.gs1.org/01/09520000000011";
  private static final String LOT = CLASS + "/10/L1";

  private final Map<Hash, List<Step>> chains = new LinkedHashMap<>();
  private final Map<String, Integer> passed = new HashMap<>();
  private final Set<RecordPlace> erased = new HashSet<>();
  private long index;

  private static Touch line(LineRole role, String subject) {
    return new Touch(role.getNumber(), Chains.subjectKey(HASH, subject), subject);
  }

  private RecordPlace record(boolean removal, Touch... lines) {
    Step step = new Step(new RecordPlace(++index, 0), removal, List.of(lines));
    for (Touch line : lines) {
      chains.computeIfAbsent(line.subjectKey(), unused -> new ArrayList<>()).add(step);
    }
    return step.place();
  }

  private RecordPlace put(String container, String child) {
    return record(
        false, line(LineRole.LINE_ROLE_PARENT, container), line(LineRole.LINE_ROLE_CHILD, child));
  }

  private RecordPlace take(String container, String child) {
    return record(
        true, line(LineRole.LINE_ROLE_PARENT, container), line(LineRole.LINE_ROLE_CHILD, child));
  }

  private Closure closure(String asked, int depth) {
    passed.clear();
    return Closure.of(
        HASH,
        asked,
        depth,
        new Closure.Source() {
          @Override
          public boolean isShown(Member member) {
            return true;
          }

          @Override
          public Iterable<Step> steps(Member member) {
            return chains.getOrDefault(member.key(), List.of());
          }

          @Override
          public void passed(Following following, Step step, int leads) {
            passed.merge(following.subject() + " " + step.place(), 1, Integer::sum);
          }

          @Override
          public List<RecordPlace> erased(Member member) {
            return chains.getOrDefault(member.key(), List.of()).stream()
                .map(Step::place)
                .filter(erased::contains)
                .toList();
          }
        });
  }

  private static List<String> subjects(Closure closure) {
    return closure.members().stream().map(Member::subject).toList();
  }

  @Test
  void aUnitLeadsToItsClassAndItsLotAndTheLotToNothingElse() {
    record(false, line(LineRole.LINE_ROLE_OBJECT, UNIT), line(LineRole.LINE_ROLE_LOT, LOT));
    record(
        false,
        line(LineRole.LINE_ROLE_OBJECT, CLASS + "/21/U2"),
        line(LineRole.LINE_ROLE_LOT, LOT));
    Closure closure = closure(UNIT, 8);
    assertEquals(List.of(UNIT, CLASS, LOT), subjects(closure));
    assertTrue(closure.members().stream().allMatch(Member::isOwn));
  }

  @Test
  void twoCodesOfTheSameGoodsLeadToEachOther() {
    record(
        false,
        line(LineRole.LINE_ROLE_OBJECT, "urn:x:a"),
        line(LineRole.LINE_ROLE_ALIAS, "urn:x:b"));
    assertEquals(List.of("urn:x:a", "urn:x:b"), subjects(closure("urn:x:a", 8)));
    Closure other = closure("urn:x:b", 8);
    assertEquals(List.of("urn:x:b", "urn:x:a"), subjects(other));
    assertTrue(other.members().stream().allMatch(Member::isOwn));
  }

  @Test
  void aContainerIsFollowedWhileTheGoodsAreInsideAndNotAfter() {
    put("urn:x:truck", "urn:x:pallet");
    take("urn:x:truck", "urn:x:pallet");
    RecordPlace in = put("urn:x:pallet", "urn:x:goods");
    put("urn:x:ship", "urn:x:pallet");
    take("urn:x:pallet", "urn:x:goods");
    RecordPlace after = put("urn:x:train", "urn:x:pallet");
    Closure closure = closure("urn:x:goods", 8);
    assertEquals(List.of("urn:x:goods", "urn:x:pallet", "urn:x:ship"), subjects(closure));
    Member pallet = requireNonNull(closure.member(Chains.subjectKey(HASH, "urn:x:pallet")));
    assertFalse(pallet.isWhole());
    assertEquals(in, pallet.from());
    assertFalse(passed.containsKey("urn:x:pallet " + after));
  }

  @Test
  void goodsThatArePutInAgainAndAgainAreFollowedOnce() {
    for (int n = 0; n < 500; n++) {
      put("urn:x:pallet", "urn:x:goods");
    }
    Closure closure = closure("urn:x:goods", 8);
    assertEquals(2, closure.members().size());
    // Each stay is part of the first: 500 records passed once for the goods and once for the
    // pallet.
    assertEquals(1_000, passed.values().stream().mapToInt(Integer::intValue).sum());
  }

  @Test
  void aRecordWithAnErasedSectionBringsItsOwnSubjectWhateverTheLimits() {
    RecordPlace far =
        record(
            false,
            line(LineRole.LINE_ROLE_INPUT, "urn:x:seed"),
            line(LineRole.LINE_ROLE_OUTPUT, "urn:x:flour"));
    record(
        false,
        line(LineRole.LINE_ROLE_INPUT, "urn:x:flour"),
        line(LineRole.LINE_ROLE_OUTPUT, "urn:x:dough"));
    RecordPlace near =
        record(
            false,
            line(LineRole.LINE_ROLE_INPUT, "urn:x:dough"),
            line(LineRole.LINE_ROLE_OUTPUT, "urn:x:bread"));
    RecordPlace erasure = record(false, line(LineRole.LINE_ROLE_RECORD, far.subject()));
    erased.addAll(List.of(far, near, erasure));
    Closure closure = closure("urn:x:bread", 2);
    // Of the erasure itself a section was erased as well.
    assertEquals(
        List.of(
            "urn:x:bread",
            "urn:x:dough",
            "urn:x:flour",
            near.subject(),
            far.subject(),
            erasure.subject()),
        subjects(closure));
    assertEquals(List.of(0, 1, 2, 1, 3, 4), closure.members().stream().map(Member::depth).toList());
    assertEquals(List.of("urn:x:seed"), closure.notShown().stream().map(Member::subject).toList());
    Member proof = requireNonNull(closure.member(Chains.subjectKey(HASH, far.subject())));
    assertTrue(proof.isProof());
    assertEquals(Tie.PAPER, proof.followings().get(0).tie());
  }

  @Test
  void whatIsTooFarIsNamedAndWhatIsReachedOnAShorterWayIsNot() {
    record(
        false,
        line(LineRole.LINE_ROLE_INPUT, "urn:x:b"),
        line(LineRole.LINE_ROLE_OUTPUT, "urn:x:a"));
    record(
        false,
        line(LineRole.LINE_ROLE_INPUT, "urn:x:c"),
        line(LineRole.LINE_ROLE_OUTPUT, "urn:x:b"));
    record(
        false,
        line(LineRole.LINE_ROLE_INPUT, "urn:x:d"),
        line(LineRole.LINE_ROLE_OUTPUT, "urn:x:c"));
    record(
        false,
        line(LineRole.LINE_ROLE_INPUT, "urn:x:b"),
        line(LineRole.LINE_ROLE_OUTPUT, "urn:x:c"));
    Closure closure = closure("urn:x:a", 2);
    assertEquals(List.of("urn:x:a", "urn:x:b", "urn:x:c"), subjects(closure));
    assertEquals(List.of("urn:x:d"), closure.notShown().stream().map(Member::subject).toList());
    Member input = requireNonNull(closure.member(Chains.subjectKey(HASH, "urn:x:b")));
    assertFalse(input.isOwn());
  }

  @Test
  void goodsThatWereMadeOfOthersAreNotOnTheirWay() {
    record(
        false,
        line(LineRole.LINE_ROLE_INPUT, "urn:x:a"),
        line(LineRole.LINE_ROLE_OUTPUT, "urn:x:b"));
    record(
        false,
        line(LineRole.LINE_ROLE_OBJECT, "urn:x:b"),
        line(LineRole.LINE_ROLE_INPUT, "urn:x:a"),
        line(LineRole.LINE_ROLE_CERTIFICATE, "urn:x:certificate"));
    assertEquals(List.of("urn:x:a"), subjects(closure("urn:x:a", 8)));
  }
}
