// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.config;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** A file cannot be used. All that is wrong with it is told at once. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * One thing that is wrong.
   *
   * @param line from 1
   * @param path of the key, as {@code listen.port}; empty for the file itself
   */
  public record Fault(String file, int line, String path, String found, String expected) {
    @Override
    public String toString() {
      return file
          + ":"
          + line
          + ": "
          + (path.isEmpty() ? "" : path + ": ")
          + found
          + (expected.isEmpty() ? "" : "; expected " + expected);
    }
  }

  private static final Comparator<Fault> BY_LINE =
      Comparator.comparing(Fault::file).thenComparingInt(Fault::line);

  private final transient List<Fault> faults;

  public ConfigException(List<Fault> faults) {
    super(faults.stream().sorted(BY_LINE).map(Fault::toString).collect(Collectors.joining("\n")));
    this.faults = faults.stream().sorted(BY_LINE).toList();
  }

  /** In the order of the file. */
  public List<Fault> faults() {
    return faults;
  }
}
