// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code pinlian login}: whether the gateway answers and knows the key. */
@Command(
    name = "login",
    description = {
      "Log in at a gateway, to see whether it answers and knows your key.",
      "Other commands log in by themselves; the token is not kept.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian login --key cooperative.pem --participant uscc:93000000MA00000669",
    })
final class LoginCommand extends ToolCommand {
  @Mixin private final SignerOptions signer = new SignerOptions();

  @Override
  Exit run(Console console) throws Exception {
    try (GatewaySession session = signer.open(console)) {
      Instant expires = session.logIn();
      ObjectNode json = Console.JSON.createObjectNode();
      json.put("participant", session.participant().toString());
      json.put("gateway", signer.address().toString());
      json.put("expiresAt", expires.toString());
      json.put("origin", session.origin());
      console.result(json);
      console.say(
          console.paint().good("✓ 已登录 logged in")
              + " as "
              + session.participant()
              + " at "
              + signer.address());
      console.say("  账本 ledger         " + Paint.clean(session.origin()));
      console.say("  令牌至 token until  " + StoryText.time(expires) + " +08:00");
      return Exit.GOOD;
    }
  }
}
