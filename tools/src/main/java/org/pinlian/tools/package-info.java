// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code pinlian}, one class per subcommand.
 *
 * <p>What a command finds out goes to standard output, for people or, with {@code --json}, as one
 * JSON object; how far it has come goes to standard error. {@link org.pinlian.tools.Faults} is the
 * one place that decides what a failure is called and which exit code it gets.
 */
@NullMarked
package org.pinlian.tools;

import org.jspecify.annotations.NullMarked;
