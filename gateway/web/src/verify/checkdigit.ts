// SPDX-License-Identifier: Apache-2.0

/** The check characters of the trade's numbers. Each function takes what is before them. */

/** GB 32100-2015: no I, O, S, V, Z. A character's value is its index. */
const USCC_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** GS1 General Specifications figure 7.11-1, character set 82. A value is its index. */
export const SET_82 =
  '!"%&\'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';

const SET_32 = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

const PAIR_WEIGHTS = [
  2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83,
];

/** GS1 General Specifications 7.9.1, over ASCII digits: weights 3, 1, 3, 1 ... from the right. */
export function gs1CheckDigit(body: string): string {
  let sum = 0;
  let weight = 3;
  for (let i = body.length - 1; i >= 0; i--) {
    sum += weight * Number(body.charAt(i));
    weight = 4 - weight;
  }
  return String((10 - (sum % 10)) % 10);
}

/** Whether the text is a 统一社会信用代码 of 18 characters. */
export function isUscc(text: string): boolean {
  if (text.length !== 18 || !/^[0-9]{6}$/.test(text.slice(2, 8))) {
    return false;
  }
  let sum = 0;
  let weight = 1;
  for (const character of text.slice(0, 17)) {
    const value = USCC_ALPHABET.indexOf(character);
    if (value < 0) {
      return false;
    }
    sum += weight * value;
    weight = (weight * 3) % 31;
  }
  return text.charAt(17) === USCC_ALPHABET.charAt((31 - (sum % 31)) % 31);
}

/** GS1 General Specifications 7.9: the check pair of a Global Model Number; undefined for none. */
export function gs1Pair(body: string): string | undefined {
  if (body === '' || body.length > PAIR_WEIGHTS.length) {
    return undefined;
  }
  let sum = 0;
  for (let i = 0; i < body.length; i++) {
    const value = SET_82.indexOf(body.charAt(i));
    if (value < 0) {
      return undefined;
    }
    sum += PAIR_WEIGHTS[body.length - 1 - i]! * value;
  }
  sum %= 1021;
  return SET_32.charAt(sum >> 5) + SET_32.charAt(sum & 31);
}
