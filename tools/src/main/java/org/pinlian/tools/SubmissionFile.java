// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.VerificationException;
import org.pinlian.gateway.drugfile.DraftSubmission;
import org.pinlian.gateway.drugfile.DrugFileException;
import org.pinlian.gateway.drugfile.Remark;
import org.pinlian.record.Draft;

/**
 * A file that was read, and checked as far as that goes without a ledger.
 *
 * @param drafts what is to be signed, in this order
 * @param remarks what is odd in the file; complete once the drafts were made
 * @param namedByNumber whether ids are made of a number that is in the file, so that two files with
 *     one id may say two things; else they are made of all that a file says, or of nothing
 */
record SubmissionFile(
    Path path, Drafts drafts, Supplier<List<Remark>> remarks, boolean namedByNumber) {
  /** Makes submissions, with what the ledger has to be asked for. */
  interface Drafts {
    Iterable<DraftSubmission> of(GatewaySession session)
        throws RefusedException, UnreachableException, VerificationException, DrugFileException;
  }

  /** One submission of records, new each time: it has an empty id. */
  static SubmissionFile of(Path path, List<Draft> drafts) {
    List<DraftSubmission> one = List.of(new DraftSubmission(ByteString.EMPTY, drafts));
    return new SubmissionFile(path, _ -> one, List::of, false);
  }
}
