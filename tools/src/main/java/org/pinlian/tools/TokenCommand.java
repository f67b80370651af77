// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.pinlian.gateway.access.ServiceTokens;
import picocli.CommandLine.Command;

/** {@code pinlian token}: a token for a caller that cannot sign. */
@Command(
    name = "token",
    description = {
      "Make a token of 32 random bytes for a system that calls a gateway and has no key. The token is",
      "for that system alone; its SHA-256 is for the gateway's setup, which never sees the token.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian token --json",
    })
final class TokenCommand extends ToolCommand {
  @Override
  Exit run(Console console) {
    String token = ServiceTokens.make(new SecureRandom());
    String digest = HexFormat.of().formatHex(ServiceTokens.Digest.of(token).bytes());
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("token", token);
    json.put("digest", digest);
    console.result(json);
    console.say("令牌 token   " + token + "  (for the caller; shown once, kept nowhere)");
    console.say("摘要 digest  " + digest + "  (for `pinlian up --service-token DIGEST=...`)");
    return Exit.GOOD;
  }
}
