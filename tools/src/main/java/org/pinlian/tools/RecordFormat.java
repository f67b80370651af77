// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.pinlian.gateway.drugfile.DraftSubmission;
import org.pinlian.tools.connect.BadInputException;
import org.pinlian.tools.connect.InputFormat;

/** Records in plain JSON, as {@code pinlian submit} takes them; see {@link RecordFile}. */
final class RecordFormat implements InputFormat {
  private static final String NAME = "records";

  @Override
  public Set<String> mediaTypes() {
    return Set.of("application/json");
  }

  @Override
  public Set<String> endings() {
    return Set.of(".json");
  }

  @Override
  public DraftSubmission read(byte[] bytes) throws BadInputException {
    try {
      return new DraftSubmission(
          ByteString.EMPTY,
          RecordFile.parse(
              StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString(), NAME));
    } catch (CharacterCodingException e) {
      throw BadInputException.unreadable("", "not UTF-8");
    } catch (CommandException e) {
      // It begins with the place, which never has a colon and a space.
      String sentence = e.sentence();
      int colon = sentence.indexOf(": ");
      throw colon < 0
          ? BadInputException.unreadable("", sentence)
          : BadInputException.unreadable(
              sentence.substring(0, colon), sentence.substring(colon + 2));
    }
  }
}
