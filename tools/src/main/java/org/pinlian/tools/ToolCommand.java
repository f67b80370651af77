// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all subcommands share: {@code --json}, {@code --help}, where to speak and how to end. */
abstract class ToolCommand implements Callable<Integer> {
  static final String JSON_OPTION = "--json";

  @SuppressWarnings("NullAway.Init") // set by picocli before call()
  @Spec
  private CommandSpec spec;

  @Option(
      names = JSON_OPTION,
      description = "One JSON object on standard output; progress on standard error.")
  private boolean json;

  @SuppressWarnings("UnusedVariable") // picocli acts on the option itself
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  @Override
  public final Integer call() throws Exception {
    return run(new Console(spec.commandLine(), json)).code();
  }

  /**
   * Does it. Results go to the console.
   *
   * @throws Exception anything: {@link Faults} tells people and scripts what it means
   */
  abstract Exit run(Console console) throws Exception;
}
