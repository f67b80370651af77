// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The command line. Only puts the subcommands together; see {@link ToolCommand}. */
@Command(
    name = "pinlian",
    mixinStandardHelpOptions = true,
    versionProvider = Pinlian.Version.class,
    description =
        "Pinlian 品链: one product, one chain. A ledger of signed statements about food and drugs.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      UpCommand.class,
      KeygenCommand.class,
      LoginCommand.class,
      TokenCommand.class,
      EnrolCommand.class,
      DelegateCommand.class,
      EraseCommand.class,
      RecallCommand.class,
      SubmitCommand.class,
      ConnectCommand.class,
      TraceCommand.class,
      DossierCommand.class,
      EvidenceCommand.class,
      ReceiptCommand.class,
      VerifyCommand.class,
      WitnessCommand.class,
      AuditorCommand.class,
      AuditCommand.class,
      FindingsCommand.class,
      CoverageCommand.class,
      RebuildCommand.class,
      ErrorsCommand.class,
      BenchCommand.class,
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:good",
      "1:a check failed",
      "2:the command line or a file cannot be used",
      "3:the ledger refused",
      "4:nobody answers, or a running node holds the folder",
      "70:a fault of this program or of the machine",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian demo                          play five stories, then serve them",
      "  pinlian trace bamboo-canteen --backward",
      "  pinlian help trace",
    })
public final class Pinlian {
  private Pinlian() {}

  public static void main(String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, true, System.out.charset());
    PrintWriter err = new PrintWriter(System.err, true, System.err.charset());
    int exit = Exit.FAULT.code();
    try {
      exit = commandLine(out, err).execute(arguments);
    } catch (Throwable e) {
      // Errors pass the command line by. No thread of a node may keep a dead command alive.
      e.printStackTrace(err);
    }
    System.exit(exit);
  }

  /** The command line, speaking where it is told to. */
  static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    CommandLine line = new CommandLine(new Pinlian());
    line.addSubcommand(new CommandLine.HelpCommand());
    return line.setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Faults::onUsage)
        .setExecutionExceptionHandler(Faults::onExecution);
  }

  /** The version that the archive's manifest was built with. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Pinlian.class.getPackage().getImplementationVersion();
      return new String[] {"pinlian " + (version == null ? "(not from an archive)" : version)};
    }
  }
}
