// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.merkle.Hash;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.Direction;
import org.pinlian.v1.Finding;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Role;
import org.pinlian.v1.Section;
import org.pinlian.v1.SectionClass;

/**
 * What a ledger tells of a subject. It exists only if every rule was kept: there is no field
 * "verified", because there is no story that is not.
 *
 * <p>What that means: each record here is in the log, unaltered, signed by who is named under a key
 * that was valid then, and on the chains it is shown on. What it does not mean: that the last links
 * of a chain, or a whole chain, were not left out; {@link #completeness} says so. That takes proofs
 * from the heads map, which a dossier has ({@link Verdict}) and a trace has not. And nobody's first
 * statement is true for being signed.
 *
 * @param subject asked for
 * @param checkpoint that everything is as of; nothing at or beyond its size is shown
 * @param chains in the order sent, nearest first; the subject asked for is the first
 * @param records on those chains, each once, in the order of the log
 * @param keysRecords how many records of signers' keys chains, and of proofs of erasures, were
 *     verified besides
 * @param findingsAsTold what the ledger's rules noticed of the subjects followed, as far as the
 *     reader may see what that rests on. Not verified: the ledger's word
 * @param cut whether the ledger says that a limit cut the story short
 * @param cutBy the limits that did, as told
 */
public record Story(
    String subject,
    Checkpoint checkpoint,
    Grade grade,
    List<StoryChain> chains,
    List<StoryRecord> records,
    int keysRecords,
    List<Finding> findingsAsTold,
    boolean cut,
    List<String> cutBy) {

  /** Of every story: a trace brings no proofs from the heads map (formats.md A.5). */
  public static final String COMPLETENESS_NOT_PROVIDED = "completeness not provided";

  public Story {
    chains = List.copyOf(chains);
    records = List.copyOf(records);
    findingsAsTold = List.copyOf(findingsAsTold);
    cutBy = List.copyOf(cutBy);
  }

  /** Size of the tree that the story is as of. */
  public long size() {
    return checkpoint.size();
  }

  /** Whether the story can be shown to be whole: computed here, not taken from the ledger. */
  public String completeness() {
    return COMPLETENESS_NOT_PROVIDED;
  }

  /** The record at a place, if it is in the story. */
  public Optional<StoryRecord> record(RecordPlace place) {
    int low = 0;
    int high = records.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = records.get(middle).place().compareTo(place);
      if (order == 0) {
        return Optional.of(records.get(middle));
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return Optional.empty();
  }

  /** The chain of a subject, if it is in the story. */
  public Optional<StoryChain> chain(String uri) {
    return chains.stream().filter(chain -> chain.subject().equals(uri)).findFirst();
  }

  /**
   * Records that are here because chains are shown and checked whole, and are not about what was
   * asked for: what became of a container before the goods were in it, and after. Only what is
   * shown with all its lines can end a stay, so to a reader who sees less, less is aside.
   *
   * @param direction in which the story was asked for
   */
  public Set<RecordPlace> asides(Direction direction) {
    return Asides.of(this, direction);
  }

  /**
   * A subject that was followed.
   *
   * @param depth steps away from the subject asked for
   * @param records that touch it, oldest first
   * @param notices of them, those of a notice kind
   * @param head last link of the chain
   */
  public record StoryChain(
      String subject, int depth, List<RecordPlace> records, List<RecordPlace> notices, Hash head) {
    public StoryChain {
      records = List.copyOf(records);
      notices = List.copyOf(notices);
    }
  }

  /**
   * One statement.
   *
   * @param sequencedAt when the ledger says it took it
   * @param createdAt when the signer says it was made
   * @param signer whose statement it is. Signed with a key of its own, unless {@code attestedBy}
   *     says otherwise
   * @param attestedBy the gateway that signed it for the signer, under the signer's delegation;
   *     null if the signer signed itself. Then it is the gateway's word that the signer said so
   * @param doubtful its key, or the one that signed the delegation, was later revoked as
   *     compromised since before it was used
   * @param publicPart never withheld, so null in no story of this release
   * @param checks made of it, all of them good
   */
  public record StoryRecord(
      RecordPlace place,
      Kind kind,
      Hash digest,
      Signer signer,
      @Nullable Signer attestedBy,
      Instant sequencedAt,
      Instant createdAt,
      boolean doubtful,
      @Nullable PublicPart publicPart,
      List<StorySection> sections,
      List<StoryLine> lines,
      Set<Check> checks) {
    public StoryRecord {
      sections = List.copyOf(sections);
      lines = List.copyOf(lines);
      checks = Set.copyOf(checks);
    }

    public long index() {
      return place.index();
    }

    public int position() {
      return place.position();
    }

    /** The classes of which a section is not shown: withheld from this reader, or erased. */
    public Set<SectionClass> withheld() {
      EnumSet<SectionClass> withheld = EnumSet.noneOf(SectionClass.class);
      for (StorySection section : sections) {
        if (section.content() == null) {
          withheld.add(section.sectionClass());
        }
      }
      return withheld;
    }

    /** How many lines are shown by key only. */
    public long withheldLines() {
      return lines.stream().filter(line -> line.subject() == null).count();
    }

    /** Whether the ledger says that a section was destroyed under law; its sections say more. */
    public boolean erasedAsTold() {
      return sections.stream().anyMatch(StorySection::erasedAsTold);
    }
  }

  /**
   * Who signed, or was signed for, as the records of their keys chain had it then.
   *
   * @param keyId of the key that the header was signed with
   * @param participant as in {@code uscc:...}
   * @param name as registered; empty for natural persons
   */
  public record Signer(
      String participant, String name, List<Role> roles, AuthorityLevel level, Hash keyId) {
    public Signer {
      roles = List.copyOf(roles);
    }
  }

  /**
   * @param content null when withheld or erased
   * @param erasedAsTold destroyed under law, says the ledger. In a story or a verdict none is
   *     without an {@code erasure}
   * @param erasure that this is so, as two authorities stated; null where it was not erased
   */
  public record StorySection(
      SectionClass sectionClass,
      @Nullable Section content,
      boolean erasedAsTold,
      @Nullable StoryErasure erasure) {

    public StorySection(
        SectionClass sectionClass, @Nullable Section content, boolean erasedAsTold) {
      this(sectionClass, content, erasedAsTold, null);
    }

    StorySection erasedBy(StoryErasure proved) {
      return new StorySection(sectionClass, content, erasedAsTold, proved);
    }

    /**
     * Why there is no content, in words that claim no more than is known; empty if there is. That
     * it was ordered to be erased is proved by the records named; that no copy is left anywhere
     * cannot be.
     */
    public Optional<String> absence() {
      if (content != null) {
        return Optional.empty();
      }
      if (erasure != null) {
        return Optional.of(
            "erased by record " + erasure.erasure() + ", approved by " + erasure.approval());
      }
      return Optional.of("withheld");
    }
  }

  /**
   * An erasure in effect. Two different authorities signed it, each under a key valid then.
   *
   * @param erasure where it is
   * @param approval where it was approved
   * @param since when the ledger says it took the approval, which put it into effect
   * @param law and {@code article} it rests on, as stated
   */
  public record StoryErasure(
      RecordPlace erasure,
      Signer signer,
      RecordPlace approval,
      Signer approver,
      Instant since,
      String law,
      String article,
      String reason) {}

  /**
   * @param number by which trade and recipe sections speak of the line
   * @param subject null when withheld; the key tells whether two lines are of one subject
   */
  public record StoryLine(int number, LineRole role, Hash subjectKey, @Nullable String subject) {}

  /** What was checked of a record. A story holds only records of which all hold. */
  public enum Check {
    /** Its parts produce its digest, whatever is withheld, and are canonical. */
    DIGEST,
    /** Its kind exists, and every line has a role that the kind may use. */
    KIND,
    /** Its digest leads to the root that the header signs, at its position. */
    IN_SUBMISSION,
    /** The header's entry is in the tree of the checkpoint, at its index. */
    IN_LOG,
    /** The header is for this ledger, was sequenced in time and has an id of its own. */
    HEADER,
    /**
     * The signature is good, under a key valid at that index, of a role that may sign the kind.
     * Where a gateway signed: under a delegation of the signer's in force there, that names the
     * kind.
     */
    SIGNATURE,
    /** It is a link of each chain shown whose subject it names, and of no other. */
    CHAINS
  }
}
