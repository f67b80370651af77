// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.pinlian.dossier;

import org.jspecify.annotations.NullMarked;
