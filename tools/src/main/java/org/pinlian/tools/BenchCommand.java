// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.tools.bench.DossierBench;
import org.pinlian.tools.bench.DossierReport;
import org.pinlian.tools.bench.DossierSettings;
import org.pinlian.tools.bench.HashBench;
import org.pinlian.tools.bench.HeadsBench;
import org.pinlian.tools.bench.IngestBench;
import org.pinlian.tools.bench.IngestReport;
import org.pinlian.tools.bench.IngestSettings;
import org.pinlian.tools.bench.RecallBench;
import org.pinlian.tools.bench.RecallReport;
import org.pinlian.tools.bench.RecallSettings;
import org.pinlian.tools.bench.lies.LiesBench;
import org.pinlian.tools.bench.lies.LiesReport;
import org.pinlian.tools.bench.lies.OtherVerifierException;
import org.pinlian.tools.bench.lies.TypeScriptVerifier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pinlian bench}: what this machine can do. */
@Command(
    name = "bench",
    description = "Measure a ledger on this machine.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian bench ingest",
      "  pinlian bench ingest --help",
      "  pinlian bench hash",
      "  pinlian bench heads --keys 10000000",
      "  pinlian bench lies --count 10000",
      "  pinlian bench dossier --records 10000000 --data bench-ledger",
      "  pinlian bench recall --records 10000000 --data bench-recall"
    },
    subcommands = {
      BenchCommand.Ingest.class,
      BenchCommand.Hash.class,
      BenchCommand.Heads.class,
      BenchCommand.Lies.class,
      BenchCommand.Dossier.class,
      BenchCommand.Recall.class
    })
final class BenchCommand implements Runnable {
  @SuppressWarnings("NullAway.Init") // set by picocli before run()
  @Spec
  private CommandSpec spec;

  @SuppressWarnings("UnusedVariable") // picocli acts on the option itself
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "which measurement? There are ingest, hash, heads, lies, dossier and" + " recall.");
  }

  /** This program once more: the same JVM with the same options, and then those for the server. */
  private static List<String> again(List<String> more) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      // An agent or a recording is about this process, and would be in the way of the other.
      if (!option.startsWith("-javaagent")
          && !option.startsWith("-agentlib")
          && !option.startsWith("-XX:StartFlightRecording")) {
        command.add(option);
      }
    }
    command.addAll(more);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Pinlian.class.getName());
    return command;
  }

  /** {@code pinlian bench ingest}: from a signed submission to its receipt. */
  @Command(
      name = "ingest",
      description = {
        "Measure how fast signed records get in: a new ledger in a process of its own, submissions",
        "through its gateway, made and signed before the clock starts. Beside it, in the same run,",
        "plain RocksDB and, where it is installed, PostgreSQL. Then count and audit what is"
            + " stored.",
        "Leaves nothing behind. A target that is missed is no failure; a lost submission is.",
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  pinlian bench ingest",
        "  pinlian bench ingest --rounds 5 --seconds 10 --data /mnt/fast --json",
        "  pinlian bench ingest --skip-postgres \\",
        "    --server-option -XX:StartFlightRecording=filename=up.jfr,settings=profile",
      })
  static final class Ingest extends ToolCommand {
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    @Spec
    private CommandSpec spec;

    @Option(
        names = "--rounds",
        paramLabel = "N",
        defaultValue = "3",
        description = "How often; medians are told (default: ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(
        names = "--seconds",
        paramLabel = "N",
        defaultValue = "5",
        description = "How long each measurement takes, 60 at most (default: ${DEFAULT-VALUE}).")
    private int seconds = 5;

    @Option(
        names = "--records",
        paramLabel = "N",
        defaultValue = "10000000",
        description = "After how many records a measurement ends early.")
    private int records = 10_000_000;

    @Option(
        names = "--streams",
        paramLabel = "N",
        defaultValue = "4",
        description = "Connections, each of a participant of its own (default: ${DEFAULT-VALUE}).")
    private int streams = 4;

    @Option(
        names = "--window",
        paramLabel = "N",
        defaultValue = "128",
        description =
            "Single submissions unanswered on a stream; of submissions of 100, a sixteenth"
                + " (default: ${DEFAULT-VALUE}).")
    private int window = 128;

    @Option(names = "--skip-postgres", description = "Do not compare with PostgreSQL.")
    private boolean skipPostgres;

    @Option(
        names = "--data",
        paramLabel = "DIR",
        defaultValue = ".",
        description =
            "Make the temporary ledger in this folder, and so on its disk (default: here).")
    private Path data = Path.of(".");

    @Option(
        names = "--server-option",
        paramLabel = "OPTION",
        description = "Of the server's JVM; may be repeated.")
    private List<String> serverOptions = new ArrayList<>();

    @Option(
        names = "--seed",
        paramLabel = "N",
        defaultValue = "1",
        description = "Of what the records say (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Override
    Exit run(Console console) throws Exception {
      IngestSettings settings;
      try {
        settings =
            new IngestSettings(
                rounds,
                seconds,
                records,
                streams,
                window,
                !skipPostgres,
                data,
                again(List.of()),
                again(serverOptions),
                spec.root().subcommands().containsKey("audit"),
                seed);
      } catch (IllegalArgumentException e) {
        throw CommandException.usage(String.valueOf(e.getMessage()), "");
      }
      IngestReport report = IngestBench.run(settings, console::note);
      report.lines().forEach(console::say);
      console.result(report.json());
      return report.isRight() ? Exit.GOOD : Exit.CHECK_FAILED;
    }
  }

  /** {@code pinlian bench hash}: from an EPCIS event to its CBV event hash. */
  @Command(
      name = "hash",
      description = {
        "Measure the CBV event hash on one core: of events in memory, and from the bytes of EPCIS",
        "documents in JSON-LD and XML, which are read, checked and hashed. A second is one of this",
        "thread's own processor time, so that other load on the machine does not count.",
      },
      footerHeading = "%nExamples:%n",
      footer = {"  pinlian bench hash", "  pinlian bench hash --rounds 9 --seconds 5 --json"})
  static final class Hash extends ToolCommand {
    @Option(
        names = "--rounds",
        paramLabel = "N",
        defaultValue = "5",
        description = "How often; medians are told (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(
        names = "--seconds",
        paramLabel = "N",
        defaultValue = "2",
        description = "How long each measurement takes, 60 at most (default: ${DEFAULT-VALUE}).")
    private int seconds = 2;

    @Option(
        names = "--seed",
        paramLabel = "N",
        defaultValue = "1",
        description = "Of what the events say (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Override
    Exit run(Console console) throws Exception {
      HashBench.Report report;
      try {
        report = HashBench.run(rounds, seconds, seed, console::note);
      } catch (IllegalArgumentException e) {
        throw CommandException.usage(String.valueOf(e.getMessage()), "");
      }
      report.lines().forEach(console::say);
      console.result(report.json());
      return Exit.GOOD;
    }
  }

  /** {@code pinlian bench heads}: the Merkle map over the chains' heads. */
  @Command(
      name = "heads",
      description = {
        "Measure the heads map: loading it from a database of so many heads, as a start does, and",
        "bringing it forward by the heads that a second of ingest changes, each of them one that is",
        "there already, or each a new one. Seconds are wall time, and beside it this thread's own",
        "processor time. Leaves nothing behind. A target that is missed is no failure; a root that",
        "is not the reference's is.",
      },
      footerHeading = "%nExamples:%n",
      footer = {"  pinlian bench heads", "  pinlian bench heads --keys 10000000 --json"})
  static final class Heads extends ToolCommand {
    @Option(
        names = "--keys",
        paramLabel = "N",
        defaultValue = "1000000",
        description = "Heads in the map, 1000 to 50000000 (default: ${DEFAULT-VALUE}).")
    private int keys = 1_000_000;

    @Option(
        names = "--changes",
        paramLabel = "N",
        defaultValue = "50000",
        description = "Heads changed at once (default: ${DEFAULT-VALUE}).")
    private int changes = 50_000;

    @Option(
        names = "--rounds",
        paramLabel = "N",
        defaultValue = "9",
        description = "How often; medians are told (default: ${DEFAULT-VALUE}).")
    private int rounds = 9;

    @Option(
        names = "--seed",
        paramLabel = "N",
        defaultValue = "1",
        description = "Of the keys (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
        names = "--data",
        paramLabel = "DIR",
        description = "Where to put the database meanwhile (default: where temporary files go).")
    private @Nullable Path data;

    @Override
    Exit run(Console console) throws Exception {
      HeadsBench.Report report;
      try {
        report = HeadsBench.run(keys, changes, rounds, seed, data, console::note);
      } catch (IllegalArgumentException e) {
        throw CommandException.usage(String.valueOf(e.getMessage()), "");
      }
      report.lines().forEach(console::say);
      console.result(report.json());
      return report.isRight() ? Exit.GOOD : Exit.CHECK_FAILED;
    }
  }

  /** {@code pinlian bench lies}: whether the verifier of dossiers finds every lie. */
  @Command(
      name = "lies",
      description = {
        "Tell the verifiers of dossiers, in Java and in TypeScript, lies, and as many honest dossiers"
            + " among",
        "them. Three quarters are lies by an operator who holds the log's key and makes tree, map,"
            + " blocks and",
        "checkpoint anew around one lie. Exit code 1 if one is believed, an honest dossier is not, or"
            + " Node is",
        "missing.",
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  pinlian bench lies",
        "  pinlian bench lies --count 100000 --seed 7 --json",
        "  pinlian bench lies --typescript none",
      })
  static final class Lies extends ToolCommand {
    @Option(
        names = "--count",
        paramLabel = "N",
        defaultValue = "1000",
        description = "How many lies; as many honest dossiers (default: ${DEFAULT-VALUE}).")
    private long count = 1_000;

    @Option(
        names = "--seed",
        paramLabel = "N",
        defaultValue = "1",
        description = "Of the ledger and of what is tried (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
        names = "--typescript",
        paramLabel = "COMMAND",
        description = {
          "Another program to tell the same, in frames on its standard input (see the class Frame);",
          "none: only Java (default: Node, with the verifier that comes with this program).",
        })
    private String typescript = "";

    @Override
    Exit run(Console console) throws Exception {
      if (count < 1 || count > 10_000_000) {
        throw CommandException.usage("--count must be from 1 to 10,000,000", "");
      }
      console.note("Seed " + seed);
      LiesReport report = report(console);
      report.lines().forEach(console::say);
      console.result(report.json());
      return report.isRight() ? Exit.GOOD : Exit.CHECK_FAILED;
    }

    private LiesReport report(Console console) throws Exception {
      try {
        if (typescript.equals("none")) {
          return report(console, List.of());
        }
        if (!typescript.isBlank()) {
          return report(console, List.of(typescript.strip().split("\\s+")));
        }
        try (TypeScriptVerifier verifier = TypeScriptVerifier.unpack()) {
          return report(console, verifier.command());
        }
      } catch (OtherVerifierException e) {
        throw new CommandException(
            Exit.CHECK_FAILED,
            "NO_TYPESCRIPT",
            String.valueOf(e.getMessage()),
            "Install Node 18.19 or newer, or try the Java verifier alone: --typescript none");
      }
    }

    private LiesReport report(Console console, List<String> other) throws Exception {
      try (Progress.Task task = console.start("Dossiers", 2 * count)) {
        return new LiesBench(seed).run(count, other, task::reached);
      }
    }
  }

  /** {@code pinlian bench dossier}: the proofs of one product, out of a large ledger. */
  @Command(
      name = "dossier",
      description = {
        "Measure dossiers of products with 20 records, out of a ledger of so many: how long the node",
        "takes, their bytes, and how long checking them takes. Beside it how the cost of a record"
            + " grows",
        "with the ledger, how long a start takes after SIGKILL, and what is stored. Making ten"
            + " million",
        "records takes some minutes and about 15 GB; with --data the ledger stays for the next time.",
        "A target that is missed is no failure; a dossier that is not proved is.",
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  pinlian bench dossier",
        "  pinlian bench dossier --records 10000000 --data bench-ledger --json",
        "  pinlian bench dossier --records 10000 --seed 7",
      })
  static final class Dossier extends ToolCommand {
    @Option(
        names = "--records",
        paramLabel = "N",
        defaultValue = "1000000",
        description = "Records in the ledger, 2000 to 100000000 (default: ${DEFAULT-VALUE}).")
    private long records = 1_000_000;

    @Option(
        names = "--seed",
        paramLabel = "N",
        defaultValue = "1",
        description = "Of what the records say (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
        names = "--restarts",
        paramLabel = "N",
        defaultValue = "3",
        description = "How often it is killed and started again (default: ${DEFAULT-VALUE}).")
    private int restarts = 3;

    @Option(
        names = "--data",
        paramLabel = "DIR",
        description = {
          "Keep the ledger there, and use it again if it is of the same records and seed (default: it"
              + " is",
          "made where temporary files go, and deleted).",
        })
    private @Nullable Path data;

    @Option(
        names = "--server-option",
        paramLabel = "OPTION",
        description = "Of the ledger's JVM while it is filled; may be repeated.")
    private List<String> serverOptions = new ArrayList<>();

    @Option(
        names = "--browser",
        paramLabel = "COMMAND",
        description =
            "Start this to verify one in a browser (default: `node` with gateway/web's"
                + " verify-browser.mjs, where this program was built).")
    private String browser = "";

    /** Above wherever this program lies, as it was built. */
    private List<String> browser() throws URISyntaxException {
      if (!browser.isBlank()) {
        return List.of(browser.strip().split("\\s+"));
      }
      Path built = Path.of("gateway", "web", "dist", "verify-browser.mjs");
      Path from =
          Path.of(Pinlian.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      for (Path folder = from; folder != null; folder = folder.getParent()) {
        if (Files.exists(folder.resolve(built))) {
          return List.of("node", folder.resolve(built).toString());
        }
      }
      return List.of();
    }

    @Override
    Exit run(Console console) throws Exception {
      DossierReport report;
      try {
        report =
            DossierBench.run(
                new DossierSettings(records, seed, restarts, data, again(serverOptions), browser()),
                console);
      } catch (IllegalArgumentException e) {
        throw CommandException.usage(String.valueOf(e.getMessage()), "");
      }
      report.lines().forEach(console::say);
      console.result(report.json());
      return report.isRight() ? Exit.GOOD : Exit.CHECK_FAILED;
    }
  }

  /** {@code pinlian bench recall}: everybody who has what came of a lot. */
  @Command(
      name = "recall",
      description = {
        "Measure how long it takes to find everybody who has what came of a lot: through two",
        "transformations and three re-packings into so many units, with refused and returned boxes,",
        "out of a ledger of so many records. Smaller lots before it show how that grows. With --data",
        "the ledger stays for the next time. A target that is missed is no failure; a holder that",
        "is not found, or one too many, is.",
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  pinlian bench recall",
        "  pinlian bench recall --records 10000000 --data bench-recall --json",
        "  pinlian bench recall --units 10000 --records 10000",
      })
  static final class Recall extends ToolCommand {
    @Option(
        names = "--records",
        paramLabel = "N",
        defaultValue = "300000",
        description = "Other records in the ledger, 2000 to 100000000 (default: ${DEFAULT-VALUE}).")
    private long records = 300_000;

    @Option(
        names = "--units",
        paramLabel = "N",
        defaultValue = "100000",
        description = "Units of the largest lot, a multiple of 1000 (default: ${DEFAULT-VALUE}).")
    private int units = 100_000;

    @Option(
        names = "--rounds",
        paramLabel = "N",
        defaultValue = "5",
        description = "How often each search is made (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(
        names = "--seed",
        paramLabel = "N",
        defaultValue = "1",
        description = "Of what the other records say (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
        names = "--data",
        paramLabel = "DIR",
        description = {
          "Keep the ledger there, and use it again if it is of the same records, units and seed",
          "(default: it is made where temporary files go, and deleted).",
        })
    private @Nullable Path data;

    @Override
    Exit run(Console console) throws Exception {
      RecallReport report;
      try {
        report =
            RecallBench.run(
                new RecallSettings(records, units, rounds, seed, data, again(List.of())), console);
      } catch (IllegalArgumentException e) {
        throw CommandException.usage(String.valueOf(e.getMessage()), "");
      }
      report.lines().forEach(console::say);
      console.result(report.json());
      return report.isRight() ? Exit.GOOD : Exit.CHECK_FAILED;
    }
  }
}
