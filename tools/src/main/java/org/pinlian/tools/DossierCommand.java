// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.pinlian.dossier.ProvenDossier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pinlian dossier}: fetches a product's dossier, and checks it. */
@Command(
    name = "dossier",
    description = {
      "Fetch the dossier of goods: their story with everything that is needed to check it offline,"
          + " and",
      "by anybody. It is checked here too, and kept only if every rule holds.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian dossier bamboo-canteen --view consumer -o bamboo.dossier",
      "  pinlian dossier bamboo-farm --view regulator --data pinlian-data -o farm.dossier",
      "  pinlian dossier bamboo-farm --view regulator --purpose 日常检查 \\",
      "    --gateway 127.0.0.1:8080 --key authority.pem -o farm.dossier",
      "  pinlian dossier bamboo-canteen --view partner \\",
      "    --gateway 127.0.0.1:8080 --key canteen.pem -o bamboo.dossier",
    })
final class DossierCommand extends ToolCommand {
  static final String ENDING = ".dossier";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Keep it there; `pinlian verify FILE` checks it again.")
  private @Nullable Path output;

  @Option(names = "--verbose", description = "Every statement, and what was not followed.")
  private boolean verbose;

  @Mixin private final DossierOptions asked = new DossierOptions();

  @Override
  Exit run(Console console) throws Exception {
    ProvenDossier dossier = asked.fetch(console).dossier();
    ObjectNode json = Verdicts.json(dossier.verdict(), verbose);
    json.put("bytes", dossier.bytes().size());
    if (output != null) {
      Files.write(output, dossier.bytes().toByteArray());
      json.put("file", output.toString());
    }
    console.result(json);
    Verdicts.lines(dossier.verdict(), console.paint()).forEach(console::say);
    if (verbose) {
      Verdicts.details(dossier.verdict()).forEach(console::say);
    }
    return Exit.GOOD;
  }
}
