// SPDX-License-Identifier: Apache-2.0
/**
 * What an evidence package is made of, none of which knows what a ledger is.
 *
 * <pre>
 * EvidencePackage   the files, and the one archive that they make
 * Manifest          what the archive says of itself
 * TimeStamp         an answer of a time-stamping service, checked (RFC 3161)
 * TimeStampService  asks for one
 * ReportPages       text, onto pages of a PDF that looks the same everywhere
 * </pre>
 */
@NullMarked
package org.pinlian.tools.evidence;

import org.jspecify.annotations.NullMarked;
