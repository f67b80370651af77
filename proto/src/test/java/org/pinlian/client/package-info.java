// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.pinlian.client;

import org.jspecify.annotations.NullMarked;
