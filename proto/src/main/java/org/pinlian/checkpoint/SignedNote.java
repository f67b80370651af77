// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.pinlian.checkpoint.NoteException.Reason;

/**
 * A text and the signatures under it (B.2, c2sp.org/signed-note). The text means nothing before
 * {@link #verify}. Immutable.
 */
public final class SignedNote {
  /** The longest note that is read: room for every signature line to be post-quantum. */
  public static final int MAX_BYTES = 512 * 1024;

  /** The most signature lines that are read; the specification asks for at least 16. */
  public static final int MAX_SIGNATURES = 100;

  private final String text;
  private final List<NoteSignature> signatures;

  private SignedNote(String text, List<NoteSignature> signatures) {
    this.text = text;
    this.signatures = List.copyOf(signatures);
  }

  /**
   * A note of these parts.
   *
   * @throws IllegalArgumentException if they do not make a note that could be read again
   */
  public static SignedNote of(String text, List<NoteSignature> signatures) {
    if (!text.endsWith("\n") || !Syntax.isNoteText(text)) {
      throw new IllegalArgumentException("not the text of a note: " + Syntax.quote(text));
    }
    if (signatures.isEmpty() || signatures.size() > MAX_SIGNATURES) {
      throw new IllegalArgumentException("a note cannot have " + signatures.size() + " signatures");
    }
    SignedNote note = new SignedNote(text, signatures);
    if (note.bytes().length > MAX_BYTES) {
      throw new IllegalArgumentException("a note longer than " + MAX_BYTES + " bytes");
    }
    return note;
  }

  /** Reads a note. The result is printed again with the same bytes. */
  public static SignedNote parse(byte[] bytes) throws NoteException {
    String note = Syntax.utf8(bytes, MAX_BYTES);
    if (!Syntax.isNoteText(note) || !note.endsWith("\n")) {
      throw NoteException.malformed("lines without control characters", note);
    }
    // The text may have blank lines of its own; the last one parts it from the signatures.
    int blank = note.lastIndexOf("\n\n");
    if (blank < 0 || blank + 2 == note.length()) {
      throw NoteException.malformed("a blank line and signatures after it", note);
    }
    String[] lines = note.substring(blank + 2, note.length() - 1).split("\n", MAX_SIGNATURES + 1);
    if (lines.length > MAX_SIGNATURES) {
      throw new NoteException(
          Reason.TOO_LARGE, "at most " + MAX_SIGNATURES + " signatures", "more");
    }
    List<NoteSignature> signatures = new ArrayList<>(lines.length);
    for (String line : lines) {
      signatures.add(NoteSignature.parse(line));
    }
    return new SignedNote(note.substring(0, blank + 1), signatures);
  }

  /**
   * The good signatures by known keys, in the order of their lines; at least one. Lines by unknown
   * keys are passed over. One bad line by a known key refuses the whole note: it was tampered with,
   * or that key is being imitated.
   */
  public List<VerifiedSignature> verify(Collection<NoteVerifier> known) throws NoteException {
    List<VerifiedSignature> good = new ArrayList<>();
    for (NoteSignature signature : signatures) {
      Optional<NoteVerifier> verifier = find(known, signature);
      if (verifier.isPresent()) {
        good.add(
            verifier
                .get()
                .verify(text, signature)
                .orElseThrow(() ->
                    new NoteException(
                        Reason.BAD_SIGNATURE,
                        "a signature by " + verifier.get(),
                        signature.line())));
      }
    }
    if (good.isEmpty()) {
      throw new NoteException(
          Reason.NO_KNOWN_SIGNATURE,
          "a signature by one of " + known,
          "lines by " + signatures.stream().map(NoteSignature::name).toList());
    }
    return List.copyOf(good);
  }

  private static Optional<NoteVerifier> find(
      Collection<NoteVerifier> known, NoteSignature signature) throws NoteException {
    List<NoteVerifier> named =
        known.stream().filter(verifier -> verifier.isNamedBy(signature)).distinct().toList();
    if (named.size() > 1) {
      throw new NoteException(
          Reason.AMBIGUOUS_KEY, "one key of that name and id", named.toString());
    }
    return named.stream().findFirst();
  }

  /** This note with one more line, unless it has that very line already. */
  public SignedNote with(NoteSignature signature) {
    if (signatures.contains(signature)) {
      return this;
    }
    List<NoteSignature> more = new ArrayList<>(signatures);
    more.add(signature);
    return of(text, more);
  }

  /** What is signed, its last line feed included. */
  public String text() {
    return text;
  }

  /** The lines under it. */
  public List<NoteSignature> signatures() {
    return signatures;
  }

  /** The note as it travels. */
  public byte[] bytes() {
    return toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SignedNote that
        && text.equals(that.text)
        && signatures.equals(that.signatures);
  }

  @Override
  public int hashCode() {
    return 31 * text.hashCode() + signatures.hashCode();
  }

  /** The note as it travels. */
  @Override
  public String toString() {
    StringBuilder note = new StringBuilder(text).append('\n');
    for (NoteSignature signature : signatures) {
      note.append(signature.line()).append('\n');
    }
    return note.toString();
  }
}
