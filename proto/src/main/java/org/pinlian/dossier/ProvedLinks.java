// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.MapProof;
import org.pinlian.merkle.ProofException;
import org.pinlian.record.Chains;
import org.pinlian.record.Heads;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Block;
import org.pinlian.v1.ProvedChain;
import org.pinlian.v1.ProvedLink;

/**
 * A chain and its notice chain whose links were recomputed, and are what the heads map says
 * (formats.md A.4, A.5): all links of the chain, or all from {@code first} on, and all notices.
 *
 * @param subject empty where only the key is shown
 * @param first number of the first link in {@code places}; 0 for a chain without links
 */
record ProvedLinks(
    Hash key, String subject, long first, List<RecordPlace> places, List<RecordPlace> notices) {

  ProvedLinks {
    places = List.copyOf(places);
    notices = List.copyOf(notices);
  }

  /** How many links the chain has, shown or not. */
  long count() {
    return places.isEmpty() ? 0 : first - 1 + places.size();
  }

  /** The subject, or the key where the subject is withheld. */
  String name() {
    return subject.isEmpty() ? key.hex() : subject;
  }

  /** Whether a record would be among the links shown if it were on the chain. */
  boolean reachesBackTo(RecordPlace place) {
    return first <= 1 || places.get(0).compareTo(place) <= 0;
  }

  static ProvedLinks read(HashAlgorithm hash, ShownLog log, Block block, ProvedChain shown)
      throws VerificationException {
    return new Reader(hash, log, block, shown).read();
  }

  /** One reading. */
  private static final class Reader {
    private final HashAlgorithm hash;
    private final ShownLog log;
    private final Block block;
    private final ProvedChain shown;
    private final boolean mapped;

    Reader(HashAlgorithm hash, ShownLog log, Block block, ProvedChain shown) {
      this.hash = hash;
      this.log = log;
      this.block = block;
      this.shown = shown;
      this.mapped = block.getHeadsSize() > 0;
    }

    ProvedLinks read() throws VerificationException {
      String subject = "";
      Hash key =
          switch (shown.getNamedCase()) {
            case SUBJECT -> {
              subject = subject(shown.getSubject());
              yield Chains.subjectKey(hash, subject);
            }
            case SUBJECT_KEY ->
                CheckpointVerifier.hash(shown.getSubjectKey(), "the key of a chain's subject");
            case NAMED_NOT_SET ->
                throw new VerificationException(
                    BrokenRule.MALFORMED, "a chain of a subject or of its key", "neither");
          };
      String name = subject.isEmpty() ? key.hex() : subject;
      Hash start = start(Chains.start(hash, key), name);
      long first = shown.getFirst();
      List<RecordPlace> places = places(shown.getLinksList(), key, name);
      List<RecordPlace> notices = places(shown.getNoticesList(), key, name);
      verifyHead(key, start, first, places, shown.getMapProof().toByteArray(), name);
      verifyHead(
          Chains.noticeKey(hash, key),
          Chains.noticeStart(hash, key),
          1,
          notices,
          shown.getNoticeProof().toByteArray(),
          "the notices of " + name);
      ProvedLinks read = new ProvedLinks(key, subject, first, places, notices);
      requireNotices(read);
      return read;
    }

    private static String subject(String uri) throws VerificationException {
      try {
        return Subject.parse(uri).uri();
      } catch (IdentifierException e) {
        throw new VerificationException(
            BrokenRule.BAD_SUBJECT, "the canonical subject of a chain", e);
      }
    }

    /** What the first link shown hangs from. */
    private Hash start(Hash start, String name) throws VerificationException {
      long first = shown.getFirst();
      boolean empty = shown.getLinksCount() == 0;
      // Links beyond 2^62 cannot be; a sum of two such numbers is still a number.
      if (first < 0 || first > Long.MAX_VALUE / 2 || empty != (first == 0)) {
        throw new VerificationException(
            BrokenRule.MALFORMED,
            "the number of the first link of " + name + ", 0 if there is none",
            Long.toUnsignedString(first) + " for " + shown.getLinksCount() + " links");
      }
      if (first <= 1) {
        if (!shown.getBefore().isEmpty()) {
          throw new VerificationException(
              BrokenRule.SUPERFLUOUS, "no link before the first of " + name, "one");
        }
        return start;
      }
      return CheckpointVerifier.hash(shown.getBefore(), "the link before the first shown");
    }

    private List<RecordPlace> places(List<ProvedLink> links, Hash key, String name)
        throws VerificationException {
      List<RecordPlace> places = new ArrayList<>(links.size());
      for (ProvedLink link : links) {
        RecordPlace place = log.place(link.getIndex(), link.getPosition(), "a link of " + name);
        if (!places.isEmpty() && places.get(places.size() - 1).compareTo(place) >= 0) {
          throw new VerificationException(
              BrokenRule.LINKS_NOT_ASCENDING,
              "a link of " + name + " after " + places.get(places.size() - 1),
              place);
        }
        if (mapped && place.index() >= block.getHeadsSize()) {
          throw new VerificationException(
              BrokenRule.LINK_BEYOND_HEADS,
              "links of " + name + " below " + block.getHeadsSize(),
              place);
        }
        ReadRecord record = log.record(place);
        if (record == null) {
          throw new VerificationException(
              BrokenRule.LINK_WITHOUT_RECORD, "record " + place + " of " + name, "none");
        }
        if (!record.names(key)) {
          throw new VerificationException(
              BrokenRule.NOT_ON_SUBJECT, "a record that names " + name, place);
        }
        places.add(place);
      }
      return places;
    }

    /** The links are hashed up, and what comes out must stand in the map. */
    private void verifyHead(
        Hash mapKey, Hash start, long first, List<RecordPlace> places, byte[] proof, String name)
        throws VerificationException {
      if (!mapped) {
        if (proof.length > 0) {
          throw new VerificationException(
              BrokenRule.SUPERFLUOUS, "no proof for " + name + " where there is no map", "one");
        }
        return;
      }
      Hash root = Hash.of(block.getHeadsRoot().toByteArray());
      try {
        if (places.isEmpty()) {
          MapProof.verifyAbsence(hash, root, mapKey, proof);
          return;
        }
        Hash link = start;
        long n = first - 1;
        for (RecordPlace place : places) {
          link = Chains.link(hash, link, ++n, place.index(), place.position(), log.digest(place));
        }
        RecordPlace last = places.get(places.size() - 1);
        byte[] value = Heads.value(n, link, last.index());
        MapProof.verifyPresence(hash, root, mapKey, value, proof);
      } catch (ProofException e) {
        BrokenRule rule =
            switch (e.reason()) {
              case MALFORMED, BITS_NOT_DECREASING, WRONG_PATH_LENGTH ->
                  BrokenRule.MAP_PROOF_MALFORMED;
              case KEY_PRESENT -> BrokenRule.CHAIN_HIDDEN;
              case ROOT_MISMATCH,
                  OTHER_LEAF_ELSEWHERE,
                  INDEX_BEYOND_SIZE,
                  SIZE_ZERO,
                  SIZES_REVERSED,
                  OLDER_ROOT_MISMATCH ->
                  BrokenRule.NOT_IN_MAP;
            };
        throw new VerificationException(
            rule, "the map's word on " + name + ": " + e.expected(), e.found(), e);
      }
    }

    /** The notices are those of the links shown, and before these anything that can be one. */
    private void requireNotices(ProvedLinks read) throws VerificationException {
      List<RecordPlace> before = new ArrayList<>();
      List<RecordPlace> among = new ArrayList<>();
      for (RecordPlace notice : read.notices) {
        (read.places.isEmpty() || read.reachesBackTo(notice) ? among : before).add(notice);
      }
      List<RecordPlace> noticesShown =
          read.places.stream().filter(place -> log.isNotice(place)).toList();
      Optional<RecordPlace> none = before.stream().filter(place -> !log.isNotice(place)).findAny();
      if (!among.equals(noticesShown)
          || none.isPresent()
          || before.size() > Math.max(0, read.first - 1)) {
        throw new VerificationException(
            BrokenRule.NOTICES_MISMATCH,
            "of " + read.name() + " the notices " + noticesShown,
            none.isPresent() ? none.get() + ", which is none" : among);
      }
    }
  }
}
