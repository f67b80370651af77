// SPDX-License-Identifier: Apache-2.0
/**
 * Files that drug firms already make: 关联关系 (which code is in which pack) and 单据 (which codes came
 * or went under which bill), read into drafts of records (domain.md B2).
 *
 * <p>Pure functions of bytes: no files, no network, no clock; safe for use by many threads. What is
 * wrong is refused with its line; what is only odd comes back as remarks beside the drafts.
 */
@NullMarked
package org.pinlian.gateway.drugfile;

import org.jspecify.annotations.NullMarked;
