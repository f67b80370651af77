// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.dossier.Story.Signer;
import org.pinlian.dossier.Story.StoryErasure;
import org.pinlian.dossier.Story.StoryLine;
import org.pinlian.dossier.Story.StorySection;
import org.pinlian.merkle.Hash;
import org.pinlian.record.Closure.Tie;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Kind;
import org.pinlian.v1.NotFollowedReason;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.View;

/**
 * What a dossier proves (formats.md A.7). It exists only if every rule was kept.
 *
 * <p>Exactly: the statements here are unaltered, and they are <em>all</em> statements that the
 * heads map of this block has on the subjects listed, but for those said to be not shown. That the
 * map leaves nothing out is the ledger's word ({@link Completeness#COMMITTED_ONLY}) until auditors,
 * who made it again from the log, have cosigned ({@link Completeness#PROVED}). Not covered: other
 * ledgers, statements that were never admitted, goods that were never linked, and whether a first
 * statement is true. Nor what a container had been loaded into before the goods came: it is
 * followed from the record that put the goods in.
 *
 * @param asked canonical URI of the code that was scanned
 * @param view for which the parts were chosen, as told
 * @param block number of the block that everything is as of
 * @param closedAt when the ledger says it closed that block
 * @param lagSince since when submissions wait for the map, which is that much behind; empty if none
 *     do
 * @param witnesses of the policy's witnesses, those that cosigned in time
 * @param auditors of the policy's auditors, those that cosigned in time
 * @param chains in the order in which the closure reached them; the first is the subject asked for
 * @param statements on those chains, each once, in the order of the log
 * @param keysRecords how many records of signers' keys chains were verified besides
 * @param leftOut what belongs to the story and is not followed
 * @param inputsNotPublished how many inputs the view only counts, and so were not followed
 * @param maxDepth how many steps were followed, as stated
 * @param assembledAt when the ledger says it put this together
 */
public record Verdict(
    String asked,
    View view,
    Checkpoint checkpoint,
    long block,
    Instant closedAt,
    Optional<Instant> lagSince,
    Completeness completeness,
    Set<String> witnesses,
    Set<String> auditors,
    List<ProvenChain> chains,
    List<Statement> statements,
    int keysRecords,
    List<LeftOut> leftOut,
    long inputsNotPublished,
    int maxDepth,
    Instant assembledAt) {

  public Verdict {
    witnesses = Set.copyOf(witnesses);
    auditors = Set.copyOf(auditors);
    chains = List.copyOf(chains);
    statements = List.copyOf(statements);
    leftOut = List.copyOf(leftOut);
  }

  /** Who says that nothing is left out. */
  public enum Completeness {
    /** The policy's auditors, who made the map again from the whole log. */
    PROVED,
    /** The ledger, in a map that anybody who has the log can make again. */
    COMMITTED_ONLY,
    /** Nobody: the block has no map. */
    NOT_PROVIDED
  }

  /**
   * Statements on the goods asked for that are older than those shown; 0 if their chains are whole.
   */
  public long earlierNotShown() {
    return chains.stream()
        .filter(chain -> chain.tie() != Tie.CONTAINER)
        .mapToLong(chain -> Math.max(0, chain.first() - 1))
        .sum();
  }

  /** Statements of which the view does not show who signed. */
  public long signersWithheld() {
    return statements.stream().filter(statement -> statement.signer() == null).count();
  }

  /** Public parts and sections that the view does not show, erased ones left out. */
  public long partsWithheld() {
    return statements.stream()
        .mapToLong(statement ->
            (statement.publicPart() == null ? 1 : 0)
                + statement.sections().stream()
                    .filter(section -> section.content() == null && !section.erasedAsTold())
                    .count())
        .sum();
  }

  /** Sections that two authorities had erased, in the order of the log. */
  public List<ErasedPart> partsErased() {
    List<ErasedPart> erased = new ArrayList<>();
    for (Statement statement : statements) {
      for (StorySection section : statement.sections()) {
        StoryErasure erasure = section.erasure();
        if (erasure != null) {
          erased.add(new ErasedPart(statement.place(), section.sectionClass(), erasure));
        }
      }
    }
    return erased;
  }

  /** The statement at a place, if it is there. */
  public Optional<Statement> statement(RecordPlace place) {
    return statements.stream().filter(statement -> statement.place().equals(place)).findFirst();
  }

  /**
   * A chain, and how it hangs together with what was asked for.
   *
   * @param subject empty where the view shows only the key
   * @param depth steps away from the subject asked for
   * @param tie of the shortest way
   * @param first number of the first link shown; 0 for a chain without links: nothing was ever
   *     stated on the subject
   * @param records of the links shown
   * @param notices all of the chain, shown among the links or before
   */
  public record ProvenChain(
      String subject,
      Hash key,
      int depth,
      Tie tie,
      long first,
      List<RecordPlace> records,
      List<RecordPlace> notices) {
    public ProvenChain {
      records = List.copyOf(records);
      notices = List.copyOf(notices);
    }
  }

  /**
   * A subject that belongs to the story and is not followed.
   *
   * @param subject empty where the view shows only the key
   */
  public record LeftOut(String subject, Hash key, int depth, NotFollowedReason reason) {}

  /**
   * A section that is erased, and by what law.
   *
   * @param place of the record that it was a part of
   */
  public record ErasedPart(RecordPlace place, SectionClass sectionClass, StoryErasure erasure) {}

  /** How many lines of a role a statement has, and how many are shown in text or by key. */
  public record LineCount(int role, int count, int shown) {}

  /**
   * One statement.
   *
   * @param signer whose statement it is; null when withheld. Then nothing here says who made it,
   *     but that an auditor found its signature good if the story is {@link Completeness#PROVED}
   * @param attestedBy the gateway that signed it for the signer; null if the signer signed itself,
   *     or is withheld
   * @param sequencedAt when the ledger says it took it; null with the signer
   * @param createdAt when the signer says it was made; null with the signer
   * @param doubtful its key, or the one that signed the delegation, was later revoked as
   *     compromised since before it was used; false where the signer is withheld
   * @param mayApply whether it is about the whole lot or class of a unit asked for: it may apply to
   *     this unit
   * @param publicPart null when withheld
   * @param lines those shown
   * @param counts of all lines, by role
   */
  public record Statement(
      RecordPlace place,
      Kind kind,
      Hash digest,
      @Nullable Signer signer,
      @Nullable Signer attestedBy,
      @Nullable Instant sequencedAt,
      @Nullable Instant createdAt,
      boolean doubtful,
      boolean mayApply,
      @Nullable PublicPart publicPart,
      List<StorySection> sections,
      List<StoryLine> lines,
      List<LineCount> counts) {
    public Statement {
      sections = List.copyOf(sections);
      lines = List.copyOf(lines);
      counts = List.copyOf(counts);
    }
  }
}
