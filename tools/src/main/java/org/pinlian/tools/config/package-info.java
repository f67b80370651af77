/**
 * The two configuration files, {@code node.yaml} and {@code gateway.yaml}. Everything is checked
 * before anything starts, and every fault is told with its line.
 */
@NullMarked
package org.pinlian.tools.config;

import org.jspecify.annotations.NullMarked;
