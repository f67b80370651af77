#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Checks a dossier of a Pinlian ledger without any software of Pinlian's: with OpenSSL 3 and the
# standard library of Python 3.9 or newer, and nothing else. Asks nobody over any network.
#
#   sh verify-without-pinlian.sh FILE [POLICY]          --help tells the rest
#
# The next line starts this file again as a Python program, without packages that are not Python's
# own (-S) and without anything from the environment or the current folder (-I). To Python the line is
# only some text.
"exec" "python3" "-I" "-S" "$0" "$@"

HELP = """\
verify-without-pinlian.sh [options] FILE [POLICY]

Checks what FILE is, with openssl and Python's standard library alone:
  a dossier          one product's story with all its proofs
  a receipt          a c2sp.org/tlog-proof text with the entry in its `extra` line
  an evidence zip    or its folder: story.dossier and policy.txt in it are checked
POLICY says whom to trust; left out, it is policy.txt beside FILE (in a zip: inside it). Get it from
somebody else than whoever gave you FILE, or compare the two: by a forger's policy a forgery is good.

  --code URI         the subject that was asked for, in full; a dossier of another is refused.
                     Left out, see for yourself what the dossier is of
  --as-of INSTANT    evidence: as of then, as in 2026-07-01T08:00:00Z (default: what the package
                     says, else now)
  --max-age HOURS    greatest age of the witnesses' signatures at that time (default: 24)
  --public-key FILE  of a receipt: also check that this key (PEM) signed the submission
  --json             one JSON object on standard output
  --verbose          with --json: also chains and records; else: more of each statement
  --openssl PROGRAM  another openssl than the first on the path
  --help             this

Exit code: 0 every check held; 1 one did not, and its name is printed; 2 nothing was checked, for a
reason that is printed.
"""

# What is checked, in the order of this file. The formats in full are Pinlian's formats.md, parts
# A.1 to A.8 and B; the names of broken rules are those that Pinlian's own verifiers use.
#
#   1  Words          the hash of the ledger, and how a failed check is named
#   2  Messages       Protocol Buffers, in the one encoding allowed
#   3  Trees          RFC 6962: a hash tree over a log, a path from a leaf to its root
#   4  The map        a second tree, over the heads of all chains: also proves what is NOT there
#   5  Signatures     by openssl
#   6  Checkpoints    the root of the log as signed by the ledger and its witnesses; trust policies
#   7  Subjects       the names of goods, places and people
#   8  Entries        what lies in the log: genesis, signed headers, blocks
#   9  Records        the statements themselves, of which any part may be withheld but its hash
#  10  Chains         all statements on one subject, hashed one to the next
#  11  Keys           whose key was good for what, and when
#  12  Closure        which subjects belong to one product's story
#  13  The dossier    all of it together
#  14  Receipts
#  15  Telling        what was found
#  16  The command

import base64
import binascii
import bisect
import contextlib
import datetime
import hashlib
import io
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import unicodedata
import urllib.parse
import zipfile
from collections import defaultdict, namedtuple

# 1  Words ============================================================================================


class Broken(Exception):
    """A check did not hold. `rule` is its name."""

    def __init__(self, rule, expected, found=""):
        super().__init__(f"{rule}: expected {expected}, found {found}")
        self.rule, self.expected, self.found = rule, str(expected), str(found)


class Unable(Exception):
    """Nothing can be said: wrong use, or this computer lacks what is needed."""


def require(holds, rule, expected, found=""):
    if not holds:
        raise Broken(rule, expected, found)


def sm3(data):
    """GB/T 32905, for a Python whose OpenSSL does not have it."""
    mask = 0xFFFFFFFF

    def turn(x, by):
        by %= 32
        return ((x << by) | (x >> (32 - by))) & mask

    state = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D,
             0xB0FB0E4E]
    padded = data + b"\x80" + bytes(-(len(data) + 9) % 64) + struct.pack(">Q", 8 * len(data))
    for at in range(0, len(padded), 64):
        w = list(struct.unpack(">16I", padded[at:at + 64]))
        for j in range(16, 68):
            x = w[j - 16] ^ w[j - 9] ^ turn(w[j - 3], 15)
            w.append(x ^ turn(x, 15) ^ turn(x, 23) ^ turn(w[j - 13], 7) ^ w[j - 6])
        a, b, c, d, e, f, g, h = state
        for j in range(64):
            constant = 0x79CC4519 if j < 16 else 0x7A879D8A
            ss1 = turn((turn(a, 12) + e + turn(constant, j)) & mask, 7)
            ff = a ^ b ^ c if j < 16 else (a & b) | (a & c) | (b & c)
            gg = e ^ f ^ g if j < 16 else (e & f) | (~e & mask & g)
            tt1 = (ff + d + (ss1 ^ turn(a, 12)) + (w[j] ^ w[j + 4])) & mask
            tt2 = (gg + h + ss1 + w[j]) & mask
            d, c, b, a = c, turn(b, 9), a, tt1
            h, g, f, e = g, turn(f, 19), e, tt2 ^ turn(tt2, 9) ^ turn(tt2, 17)
        state = [x ^ y for x, y in zip(state, (a, b, c, d, e, f, g, h))]
    return struct.pack(">8I", *state)


def sha256(data):
    return hashlib.sha256(data).digest()


def fast_sm3():
    try:
        hashlib.new("sm3", b"")
        return lambda data: hashlib.new("sm3", data).digest()
    except ValueError:
        return sm3


class LedgerHash:
    """The hash of one ledger, 32 bytes. A first byte keeps every kind of hash apart from the others."""

    def __init__(self, name):
        self.name = name
        self.of = sha256 if name == "sha-256" else fast_sm3()
        self.empty = self.of(b"")

    def leaf(self, data):
        return self.of(b"\x00" + data)

    def inner(self, left, right):
        return self.of(b"\x01" + left + right)

    def prefixed(self, prefix, *parts):
        return self.of(bytes([prefix]) + b"".join(parts))


def a_hash(data, what):
    require(len(data) == 32, "MALFORMED", f"{what} of 32 bytes", f"{len(data)} bytes")
    return data


def hashes(path):
    return [a_hash(item, "a hash of a path") for item in path]


# 2  Messages =========================================================================================

# The fields of every message, as `number name type`. A star: any number of values. After a bar: of the
# fields with the same word there, one at most is set.
MESSAGES = """
Dossier: 1 format uint32; 2 view enum; 3 asked string; 4 checkpoint string; 5 genesis ShownEntry;
    6 block ShownEntry; 7 entries ShownEntry*; 8 records ProvedRecord*; 9 members ProvedChain*;
    10 keys ProvedChain*; 11 not_followed NotFollowed*; 12 assembled_at int64;
    13 max_depth uint32; 14 max_records uint32
ShownEntry: 1 index uint64; 2 entry bytes; 3 path bytes*; 4 attestation bytes
ProvedRecord: 1 index uint64; 2 position uint32; 3 kind uint32; 4 public_part bytes|public;
    5 public_digest bytes|public; 6 sections ShownSection*; 7 groups ProvedGroup*;
    8 signer_shown bool; 9 records_path bytes*
ShownSection: 1 section bytes|shown; 2 leaf bytes|shown; 3 erased bool
ProvedGroup: 1 role uint32; 2 count uint32; 3 root bytes; 4 lines ProvedLine*
ProvedLine: 1 number uint32; 2 line bytes|shown; 3 leaf bytes|shown; 4 path bytes*
ProvedChain: 1 subject string|named; 2 subject_key bytes|named; 3 map_proof bytes;
    4 notice_proof bytes; 5 first uint64; 6 before bytes; 7 links ProvedLink*;
    8 notices ProvedLink*
ProvedLink: 1 index uint64; 2 position uint32
NotFollowed: 1 subject string|named; 2 subject_key bytes|named; 3 reason enum
Entry: 1 format uint32; 2 sequenced_at int64; 3 genesis Genesis|body;
    4 submission SignedHeader|body; 5 block Block|body
Genesis: 1 format uint32; 2 origin string; 3 hash enum; 4 authorities GenesisAuthority*;
    5 predecessor string
GenesisAuthority: 1 participant string; 2 name string; 3 region string; 4 level enum;
    5 keys EnrolledKey*
EnrolledKey: 1 spki bytes
SignedHeader: 1 header bytes; 2 key_id bytes; 3 signature bytes
Block: 1 number uint64; 2 previous bytes; 3 covers uint64; 4 heads_size uint64;
    5 heads_root bytes; 6 lag_since int64; 7 closed_at int64
SubmissionHeader: 1 format uint32; 2 ledger bytes; 3 submitter string; 4 submission_id bytes;
    5 created_at int64; 6 not_after int64; 7 record_count uint32; 8 records_root bytes;
    9 attestation bytes
Attestation: 1 salt bytes; 2 principal string
Line: 1 salt bytes; 2 subject string
PublicPart: 1 salt bytes; 11 enrolment Enrolment|body; 12 key_rotation KeyRotation|body;
    13 key_revocation KeyRevocation|body; 14 delegation Delegation|body; 15 product Product|body;
    16 place Place|body; 17 trace_event TraceEvent|body;
    18 commitment_certificate CommitmentCertificate|body;
    19 certificate_check CertificateCheck|body; 20 custody_offer CustodyOffer|body;
    21 custody_answer CustodyAnswer|body; 22 custody_cancel CustodyCancel|body;
    23 intake Intake|body; 24 dispatch Dispatch|body; 25 temperature_log TemperatureLog|body;
    26 farm_record FarmRecord|body; 27 same_goods SameGoods|body; 28 inspection Inspection|body;
    29 order Order|body; 30 voiding Voiding|body; 31 correction Correction|body;
    32 approval Approval|body; 33 order_progress OrderProgress|body; 34 erasure Erasure|body;
    35 look_up LookUp|body; 36 product_registration ProductRegistration|body
Enrolment: 1 participant string; 2 name string; 3 roles enum*; 4 region string;
    5 keys EnrolledKey*; 6 valid_from int64; 7 valid_until int64; 8 level enum
KeyRotation: 1 participant string; 2 key EnrolledKey; 3 replaces bytes
KeyRevocation: 1 participant string; 2 key_id bytes; 3 reason string; 4 compromised_since int64
Delegation: 1 participant string; 2 gateway string; 3 key_id bytes; 4 kinds enum*;
    5 valid_until int64
Product: 1 name string; 2 category string; 3 temperature_class enum;
    4 label_range TemperatureRange; 5 shelf_life_days uint32; 6 specification string;
    7 approval_number string; 8 goods enum; 9 key_varieties enum*; 10 packaging_ratio string
TemperatureRange: 1 lowest sint32; 2 highest sint32
Place: 1 name string; 2 area Area
Area: 1 region string; 2 role enum
TraceEvent: 1 type enum; 2 action enum; 3 event_id string; 4 event_time int64;
    5 zone_offset string; 6 business_step string; 7 disposition string;
    8 dispositions_set string*; 9 dispositions_unset string*; 10 certification_info string*;
    11 error_declaration ErrorDeclaration; 12 read_point Area; 13 business_location Area;
    14 item ItemMasterData; 15 sensors SensorSummary*
ErrorDeclaration: 1 declared_at int64; 2 reason string; 3 corrective_event_ids string*
ItemMasterData: 1 lot string; 2 product_name string; 3 origin string; 4 produced_on string;
    5 harvested_on string; 6 expires_on string; 7 best_before string
SensorSummary: 1 type string; 2 unit string; 3 verdict enum; 4 curve CurvePoint*
CurvePoint: 1 at int64; 2 value sint64
CommitmentCertificate: 1 form enum; 2 number string; 3 product_name string; 4 quantity Quantity;
    5 origin string; 6 region string; 7 issuer string; 8 contact string; 9 issued_on string;
    10 bases enum*; 11 tested_items string*; 12 parent_numbers string*
CertificateCheck: 1 result enum; 2 checked_on string; 3 certificate bytes; 4 form enum;
    5 number string; 6 issuer string; 7 quick_test bytes; 8 area Area; 9 reason string
Quantity: 1 line uint32; 2 unscaled int64; 3 decimals uint32; 4 unit string; 5 unstated bool
CustodyOffer: 1 offered_at int64; 2 answer_by int64; 3 temperature_class enum;
    4 label_range TemperatureRange; 5 carrier_leg bool; 6 returns bytes
CustodyAnswer: 1 offer bytes; 2 answered_at int64; 3 answers LineAnswer*
LineAnswer: 1 line uint32; 2 offer_line uint32; 3 outcome enum; 4 reason enum
CustodyCancel: 1 offer bytes; 2 cancelled_at int64; 3 reason string
Intake: 1 received_on string; 2 product_name string; 3 specification string; 4 lot string;
    5 produced_on string; 6 expires_on string
Dispatch: 1 dispatched_on string; 2 product_name string; 3 specification string; 4 lot string;
    5 produced_on string; 6 expires_on string
TemperatureLog: 1 device string; 2 calibrated_until string; 3 temperature_class enum;
    4 label_range TemperatureRange; 5 medium enum; 6 from int64; 7 until int64; 8 verdict enum;
    9 curve CurvePoint*
FarmRecord: 1 activity enum; 2 done_on string; 3 until_on string; 4 input_type enum;
    5 input_name string; 6 active_ingredient string; 7 registration_number string; 8 usage string;
    9 dosage string; 10 withdrawal_days uint32; 11 pest string
SameGoods: 1 reason string
Inspection: 1 type enum; 2 number string; 3 sampled_on string; 4 reported_on string;
    5 laboratory string; 6 cma_number string; 7 conclusion enum; 8 items InspectionItem*;
    9 standard string; 10 retest_of bytes; 11 area Area
InspectionItem: 1 item string; 2 method string; 3 result string; 4 unit string; 5 limit string;
    6 passed enum
Order: 1 type enum; 2 grade uint32; 3 legal_basis string; 4 reason string; 5 ordered_at int64;
    6 needs_approval bool; 7 goods enum; 8 announced_on string; 9 ground bytes
Voiding: 1 record bytes; 2 reason string
Correction: 1 record bytes; 2 declared_at int64; 3 reason string; 4 replacement bytes
Approval: 1 record bytes; 2 opinion string
OrderProgress: 1 order bytes; 2 step enum; 3 reported_at int64; 4 text string
Erasure: 1 record bytes; 2 classes enum*; 3 law string; 4 article string; 5 reason string
LookUp: 1 purpose string
ProductRegistration: 1 register enum; 2 certificate_number string; 3 holder string;
    4 product_name string; 5 region string; 6 valid_from string; 7 valid_until string
Section: 1 salt bytes; 2 class enum; 11 trade Trade|content; 12 recipe Recipe|content;
    13 personal Document|content; 14 source Document|content; 15 attachment Document|content
Trade: 1 quantities Quantity*; 2 receiver string; 3 read_point string; 4 business_location string;
    5 business_transactions BusinessTransaction*; 6 sources Party*; 7 destinations Party*;
    8 sensor_elements SensorElement*; 9 counterparty Counterparty; 10 transport Transport;
    11 readings TemperatureReadings; 12 address string; 13 note string;
    14 master_data MasterData*; 15 looked_up string; 16 order_quantities OrderQuantities*
OrderQuantities: 1 line uint32; 2 unit string; 3 decimals uint32; 4 recovered int64;
    5 destroyed int64; 6 sold int64; 7 missing int64
BusinessTransaction: 1 type string; 2 id string
Party: 1 type string; 2 id string
SensorElement: 1 device string; 2 from int64; 3 until int64; 4 reports SensorReport*; 5 at int64;
    6 device_metadata string; 7 raw_data string; 8 processing_method string;
    9 business_rules string
SensorReport: 1 type string; 2 exception string; 3 device string; 4 device_metadata string;
    5 raw_data string; 6 processing_method string; 7 business_rules string; 8 at int64;
    9 microorganism string; 10 chemical_substance string; 11 value Decimal; 12 component string;
    13 text string; 14 truth enum; 15 hexadecimal string; 16 uri string; 17 lowest Decimal;
    18 highest Decimal; 19 mean Decimal; 20 standard_deviation Decimal;
    21 percentile_rank Decimal; 22 percentile_value Decimal; 23 unit string;
    24 coordinate_reference_system string
Decimal: 1 unscaled sint64; 2 decimals uint32
Counterparty: 1 name string; 2 address string; 3 contact string; 4 licence string;
    5 import_certificate string; 6 overseas_producer string; 7 country string
Transport: 1 contract string; 2 waybill string; 3 equipment string; 4 seal string;
    5 departed_at int64; 6 arrived_at int64; 7 departure_temperature sint32;
    8 arrival_temperature sint32; 9 departure_temperature_taken bool;
    10 arrival_temperature_taken bool
TemperatureReadings: 1 from_seconds int64; 2 seconds uint32*; 3 steps sint32*
MasterData: 1 name string; 2 value string; 3 parts MasterData*
Recipe: 1 transformation_id string; 2 shares Quantity*
Document: 1 media_type string; 2 name string; 3 content bytes
"""

WIRE_TYPE = defaultdict(lambda: 2, {
    "uint32": 0, "uint64": 0, "int64": 0, "sint32": 0, "sint64": 0, "bool": 0, "enum": 0})
Field = namedtuple("Field", "number name type repeated choice wire default")


def fields_of_messages():
    messages = {}
    text = re.sub(r"\n {4}", " ", MESSAGES)
    for line in text.split("\n"):
        if not line:
            continue
        name, _, rest = line.partition(": ")
        fields = {}
        for field in rest.split("; "):
            number, field_name, kind = field.split(" ")
            kind, _, choice = kind.partition("|")
            repeated, kind = kind.endswith("*"), kind.rstrip("*")
            default = {"string": "", "bytes": b"", "bool": False}.get(kind, 0)
            if choice or (kind[0].isupper() and not repeated):
                default = None
            fields[int(number)] = Field(
                int(number), field_name, kind, repeated, choice, WIRE_TYPE[kind], default)
        messages[name] = fields
    return messages


FIELDS = fields_of_messages()


class Message:
    """Values by field name. A field of a choice that is not set, or a message that is not, is None."""

    def __init__(self, fields):
        for field in fields.values():
            setattr(self, field.name, [] if field.repeated else field.default)


ANY_NUMBER = 1 << 62


class NoMessage(Exception):
    """The bytes are no message at all."""


class Reader:
    """
    Reads a message and sees whether it is written in the only way allowed: fields ascending, numbers
    as short as can be, no field unknown or given twice, nothing that is the default anyway. So two
    programs cannot read two stories out of the same bytes.
    """

    def __init__(self, data, values_max):
        self.data, self.at, self.end = data, 0, len(data)
        self.canonical, self.values_left, self.depth = True, values_max, 0
        # The old form of messages in messages: none of ours has one.
        self.groups = values_max == ANY_NUMBER

    def message(self, name):
        fields, message, previous = FIELDS[name], Message(FIELDS[name]), 0
        chosen = set()
        while self.at < self.end:
            tag = self.number() & 0xFFFFFFFF
            number, wire = tag >> 3, tag & 7
            if number == 0:
                raise NoMessage("a field of number 0")
            field = fields.get(number)
            in_a_row = field is not None and field.repeated and field.wire == 2
            if number < previous or (number == previous and not in_a_row):
                self.canonical = False
            previous = number
            if field is None or (wire != field.wire and not (field.repeated and wire == 2)):
                self.canonical = False
                self.skip(number, wire)
            elif field.repeated and field.wire == 0:
                self.numbers(field, wire, getattr(message, field.name))
            else:
                value = self.value(field)
                if field.choice:
                    self.canonical &= field.choice not in chosen
                    chosen.add(field.choice)
                    for other in fields.values():
                        if other.choice == field.choice:
                            setattr(message, other.name, None)
                elif not field.repeated and value == field.default:
                    self.canonical = False
                if field.repeated:
                    getattr(message, field.name).append(value)
                else:
                    setattr(message, field.name, value)
        return message

    def value(self, field):
        if field.wire == 0:
            return self.scalar(field.type)
        self.values_left -= 1
        require(self.values_left >= 0, "LIMIT_EXCEEDED", "fewer values", "more")
        length = self.length()
        if field.type == "bytes" or field.type == "string":
            found = self.data[self.at:self.at + length]
            self.at += length
            if field.type == "bytes":
                return found
            try:
                return found.decode("utf-8")
            except UnicodeDecodeError:
                raise NoMessage("text that is not UTF-8") from None
        if self.depth >= 100:
            raise NoMessage("messages nested too deep")
        outer, self.end = self.end, self.at + length
        self.depth += 1
        found = self.message(field.type)
        self.depth -= 1
        self.end = outer
        return found

    def numbers(self, field, wire, values):
        """A list of numbers stands together, behind its length."""
        if wire == 0:
            self.canonical = False
            values.append(self.scalar(field.type))
            return
        length = self.length()
        self.canonical &= length > 0
        outer, self.end = self.end, self.at + length
        while self.at < self.end:
            values.append(self.scalar(field.type))
        self.end = outer

    def scalar(self, kind):
        value = self.number()
        if kind == "uint64":
            return value
        if kind == "sint64":
            return (value >> 1) ^ -(value & 1)
        if kind == "int64":
            return value - (1 << 64) if value >> 63 else value
        if kind == "enum":
            low = value & 0xFFFFFFFF
            signed = low - (1 << 32) if low >> 31 else low
            self.canonical &= signed & 0xFFFFFFFFFFFFFFFF == value
            return signed
        most = 1 if kind == "bool" else 0xFFFFFFFF
        self.canonical &= value <= most
        if kind == "bool":
            return value != 0
        value &= 0xFFFFFFFF
        return (value >> 1) ^ -(value & 1) if kind == "sint32" else value

    def number(self):
        value = shift = 0
        while shift < 70:
            if self.at >= self.end:
                raise NoMessage("bytes that end within a number")
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                self.canonical &= (byte != 0 or shift == 0) and value < 1 << 64
                return value & 0xFFFFFFFFFFFFFFFF
            shift += 7
        raise NoMessage("a number of more than ten bytes")

    def length(self):
        length = self.number()
        self.canonical &= length <= 0xFFFFFFFF
        length &= 0xFFFFFFFF
        if length > self.end - self.at:
            raise NoMessage(f"{length} bytes where {self.end - self.at} are left")
        return length

    def skip(self, number, wire):
        """Reads on behind what is refused, to see whether it is a message at all."""
        if wire == 0:
            self.number()
            return
        if wire == 3 and self.groups and self.depth < 100:
            self.depth += 1
            while True:
                tag = self.number() & 0xFFFFFFFF
                if tag >> 3 == 0 or (tag & 7 == 4 and tag >> 3 != number):
                    raise NoMessage("a group that does not end as it began")
                if tag & 7 == 4:
                    self.depth -= 1
                    return
                self.skip(tag >> 3, tag & 7)
        if wire not in (1, 2, 5):
            raise NoMessage(f"wire type {wire}")
        length = self.length() if wire == 2 else 8 if wire == 1 else 4
        if length > self.end - self.at:
            raise NoMessage("bytes that end within a field")
        self.at += length


def read_canonical(name, data, what, values_max=ANY_NUMBER):
    reader = Reader(data, values_max)
    try:
        message = reader.message(name)
    except NoMessage as e:
        raise Broken("MALFORMED", f"a readable {what}", e) from None
    require(reader.canonical, "NOT_CANONICAL", f"a {what} in its canonical encoding", "another")
    return message


# 3  Trees ============================================================================================


def tree_hash(h, leaves):
    """The root over some data. Pairs of neighbours, a last one without a neighbour goes up as it is."""
    level = [h.leaf(data) for data in leaves]
    if not level:
        return h.empty
    while len(level) > 1:
        pairs = [h.inner(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) & ~1:]
    return level[0]


class WrongLength(Exception):
    """A path has not exactly the length that index and size require."""


def climb(h, index, size, leaf, path):
    """The root that a path leads to from leaf `index` of `size` (RFC 9162, 2.1.3.2)."""
    reached, last = leaf, size - 1
    for sibling in path:
        if last == 0:
            raise WrongLength()
        if index & 1 or index == last:
            reached = h.inner(sibling, reached)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            reached = h.inner(reached, sibling)
        index, last = index >> 1, last >> 1
    if last:
        raise WrongLength()
    return reached


def verify_in_tree(h, index, size, leaf, path, root, wrong_length, wrong_root, what):
    try:
        reached = climb(h, index, size, leaf, path)
    except WrongLength:
        raise Broken(wrong_length, f"a path for {what}, {index} of {size}", f"{len(path)} hashes") from None
    require(reached == root, wrong_root, f"{what} under root {root.hex()}", reached.hex())


def verify_consistent(h, older, older_root, newer, newer_root, path):
    """That the tree of the newer size begins with all leaves of the older one (RFC 9162, 2.1.4.2)."""
    wrong_length = Broken("PATH_LENGTH", f"a path from size {older} to {newer}", f"{len(path)} hashes")
    require(older > 0, "NOT_CONSISTENT", "an older size above 0", older)
    if older == newer:
        if path:
            raise wrong_length
        require(older_root == newer_root, "NOT_CONSISTENT", newer_root.hex(), older_root.hex())
        return
    if older & (older - 1) == 0:
        path = [older_root] + path
    if not path:
        raise wrong_length
    index, last = older - 1, newer - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    from_older = from_newer = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise wrong_length
        if index & 1 or index == last:
            from_older, from_newer = h.inner(sibling, from_older), h.inner(sibling, from_newer)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            from_newer = h.inner(from_newer, sibling)
        index, last = index >> 1, last >> 1
    if last:
        raise wrong_length
    require(from_older == older_root and from_newer == newer_root, "NOT_CONSISTENT",
            f"a tree that begins with {older_root.hex()}", from_older.hex())


# 4  The map ==========================================================================================

# A binary tree over keys of 32 bytes, with an inner node exactly where keys part: its shape follows
# from the keys alone. A proof goes from a leaf to the root, each step a bit's number and a sibling.


class MapProof:
    def __init__(self, proof):
        self.proof, self.at = proof, 0

    def take(self, length):
        taken = self.proof[self.at:self.at + length]
        self.at += length
        require(len(taken) == length, "MAP_PROOF_MALFORMED", f"{length} bytes more", len(taken))
        return taken

    def number(self, most):
        """One or two bytes, seven bits each, the lower ones first."""
        value = self.take(1)[0]
        if value > 0x7F:
            second = self.take(1)[0]
            require(0 < second <= 0x7F, "MAP_PROOF_MALFORMED", "a number in its shortest form")
            value = value & 0x7F | second << 7
        require(value <= most, "MAP_PROOF_MALFORMED", f"a number up to {most}", value)
        return value

    def climb(self, h, root, key, leaf_key, leaf_value, what):
        reached = h.prefixed(0x00, varint(len(leaf_key)), leaf_key, varint(len(leaf_value)), leaf_value)
        below = 256
        while self.at < len(self.proof):
            bit = self.number(255)
            require(bit < below, "MAP_PROOF_MALFORMED", f"a bit below {below}", bit)
            side = key[bit // 8] >> (7 - bit % 8) & 1
            # Of another leaf: at every parting it must go the way that the key would go.
            require(side == leaf_key[bit // 8] >> (7 - bit % 8) & 1, "NOT_IN_MAP",
                    f"where {what} would be in the map", "another place")
            sibling = self.take(32)
            pair = (sibling, reached) if side else (reached, sibling)
            reached = h.prefixed(0x01, varint(bit), *pair)
            below = bit
        require(reached == root, "NOT_IN_MAP", f"{what}: a map with root {root.hex()}", reached.hex())


def varint(value):
    return bytes([value]) if value < 0x80 else bytes([value & 0x7F | 0x80, value >> 7])


def verify_present(h, root, key, value, proof, what):
    MapProof(proof).climb(h, root, key, key, value, what)


def verify_absent(h, root, key, proof, what):
    """By the other leaf at which a search for the key ends; of an empty map by nothing."""
    if not proof:
        require(root == h.empty, "NOT_IN_MAP", f"{what}: an empty map", root.hex())
        return
    reading = MapProof(proof)
    require(reading.number(32) == 32, "MAP_PROOF_MALFORMED", "a key of 32 bytes")
    other_key = reading.take(32)
    other_value = reading.take(reading.number(1024))
    require(other_key != key, "CHAIN_HIDDEN", f"no chain of {what} in the map", "one")
    reading.climb(h, root, key, other_key, other_value, what)


# 5  Signatures =======================================================================================

# A public key is the DER of its SubjectPublicKeyInfo. Of each algorithm only the last bytes, the
# point on its curve, differ; so the first bytes tell the algorithm.
KEY_FORMS = {
    "Ed25519": (bytes.fromhex("302a300506032b6570032100"), 32),
    "P-256": (bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200"), 65),
    "SM2": (bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200"), 65),
}
# y^2 = x^3 - 3x + b modulo p: SP 800-186, GB/T 32918.5.
WEIERSTRASS = {
    "P-256": (0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF,
              0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B),
    "SM2": (0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF,
            0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93),
}
ED25519_P = 2**255 - 19
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
ED25519_D = -121665 * pow(121666, -1, ED25519_P) % ED25519_P


def ed25519_key_is_sound(encoded):
    """
    Whether the 32 bytes are the one encoding of a point, and a point of the large group. OpenSSL also
    takes others, for which signatures can be made that are good for more than one message.
    """
    p = ED25519_P
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= p:
        return False
    u, v = (y * y - 1) % p, (ED25519_D * y * y + 1) % p
    x = u * pow(v, 3, p) * pow(u * pow(v, 7, p), (p - 5) // 8, p) % p
    if v * x * x % p != u:
        x = x * pow(2, (p - 1) // 4, p) % p
    if v * x * x % p != u or (x == 0 and sign):
        return False
    if x & 1 != sign:
        x = p - x

    def add(a, b):
        m, n = (a[1] - a[0]) * (b[1] - b[0]) % p, (a[1] + a[0]) * (b[1] + b[0]) % p
        c, d = 2 * a[3] * b[3] * ED25519_D % p, 2 * a[2] * b[2] % p
        e, f, g, i = n - m, d - c, d + c, n + m
        return e * f % p, g * i % p, f * g % p, e * i % p

    def is_zero(a):
        return a[0] % p == 0 and (a[1] - a[2]) % p == 0

    point = x, y, 1, x * y % p
    product, doubled, bits = (0, 1, 1, 0), point, ED25519_ORDER
    while bits:
        if bits & 1:
            product = add(product, doubled)
        doubled, bits = add(doubled, doubled), bits >> 1
    return is_zero(product) and not is_zero(point)


KNOWN_KEYS = {}


def key_algorithm(spki):
    """The algorithm of a public key; None of bytes that are no key a ledger may enrol."""
    if spki not in KNOWN_KEYS:
        if len(KNOWN_KEYS) > 10_000:
            KNOWN_KEYS.clear()
        KNOWN_KEYS[spki] = find_algorithm(spki)
    return KNOWN_KEYS[spki]


def find_algorithm(spki):
    for name, (prefix, size) in KEY_FORMS.items():
        point = spki[len(prefix):]
        if not spki.startswith(prefix) or len(point) != size:
            continue
        if name == "Ed25519":
            return name if ed25519_key_is_sound(point) else None
        p, b = WEIERSTRASS[name]
        x, y = int.from_bytes(point[1:33], "big"), int.from_bytes(point[33:], "big")
        on_curve = x < p and y < p and (x * x * x - 3 * x + b - y * y) % p == 0
        return name if point[0] == 4 and on_curve else None
    return None


class OpenSsl:
    """Checks signatures by starting openssl. Only public things go through files, in a folder of ours."""

    HOW = {
        "Ed25519": [],
        "P-256": ["-digest", "sha256"],
        # The user id that every signer of GB/T 32918 has unless something else was agreed.
        "SM2": ["-digest", "sm3", "-pkeyopt", "distid:1234567812345678"],
    }

    def __init__(self, program):
        self.program, self.folder, self.answers = program, None, {}
        found = self.run(["version"]).decode("ascii", "replace")
        version = re.match(r"OpenSSL ([0-9]+)\.", found)
        if version is None or int(version.group(1)) < 3:
            raise Unable(f"needs OpenSSL 3.0 or newer, and `{program}` is {found.strip()!r}")

    def run(self, arguments):
        # Nobody's configuration file is to change what is found good.
        environment = {"PATH": os.environ.get("PATH", ""), "OPENSSL_CONF": os.devnull, "LC_ALL": "C"}
        try:
            done = subprocess.run(
                [self.program] + arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, env=environment, timeout=30, check=False)
        except (OSError, subprocess.SubprocessError) as e:
            raise Unable(f"`{self.program}` cannot be run: {type(e).__name__}") from None
        return done.stdout

    def verifies(self, spki, message, signature):
        asked = spki, sha256(message), signature
        if asked not in self.answers:
            if len(self.answers) > 100_000:
                self.answers.clear()
            self.answers[asked] = self.ask(spki, message, signature)
        return self.answers[asked]

    def ask(self, spki, message, signature):
        algorithm = key_algorithm(spki)
        if algorithm is None or len(signature) != 64:
            return False
        if algorithm != "Ed25519":
            signature = der_of_pair(signature)
        files = {}
        try:
            if self.folder is None:
                self.folder = tempfile.mkdtemp(prefix="verify-")
            for name, data in (("key", spki), ("message", message), ("signature", signature)):
                files[name] = os.path.join(self.folder, name)
                with open(files[name], "wb") as file:
                    file.write(data)
        except OSError as e:
            raise Unable(f"cannot write temporary files: {e.strerror}") from None
        said = self.run(
            ["pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", files["key"], "-rawin",
             "-in", files["message"], "-sigfile", files["signature"]] + self.HOW[algorithm])
        if b"Signature Verified Successfully" in said:
            return True
        if b"Signature Verification Failure" in said:
            return False
        # Not "bad": nothing was found out. Some systems ship an openssl without SM2.
        raise Unable(f"this openssl does not check {algorithm} signatures: {said[:200]!r}")

    def close(self):
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None


def der_of_pair(signature):
    """Records carry r and s of 32 bytes each; openssl wants them as ASN.1."""
    numbers = b""
    for half in (signature[:32], signature[32:]):
        digits = half.lstrip(b"\x00")
        if not digits or digits[0] > 0x7F:
            digits = b"\x00" + digits
        numbers += bytes([2, len(digits)]) + digits
    return bytes([0x30, len(numbers)]) + numbers


# 6  Checkpoints ======================================================================================

# A checkpoint is three lines: the ledger's name, the size of its log, the root of its tree. Under them
# stand signatures: one by the ledger's key, and cosignatures, each with a time, by witnesses, who
# watch that the log only grows, and auditors, who recompute all of it (C2SP signed-note, tlog-checkpoint,
# tlog-cosignature, tlog-policy).


class BadNote(Exception):
    """The text is no note, no checkpoint, no policy or no proof."""


class BadNoteSignature(Exception):
    """A signature under a note by somebody we know is bad, or there is none by anybody we trust."""


def text_of(data, most):
    if len(data) > most:
        raise BadNote(f"{len(data)} bytes, at most {most}")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadNote("bytes that are not UTF-8") from None


def of_base64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        data = b""
    if base64.b64encode(data).decode("ascii") != text:
        raise BadNote(f"no base64: {text[:80]!r}")
    return data


def of_decimal(text):
    if not re.fullmatch("0|[1-9][0-9]{0,18}", text) or int(text) >= 1 << 63:
        raise BadNote(f"no number: {text[:80]!r}")
    return int(text)


def hash_of_base64(text):
    data = of_base64(text)
    if len(data) != 32:
        raise BadNote(f"no hash: {text[:80]!r}")
    return data


def is_key_name(name):
    def may_not_be(c):
        return c == "+" or c < " " or c == "\x85" or unicodedata.category(c) in ("Zs", "Zl", "Zp")

    return name != "" and not any(may_not_be(c) for c in name)


class NoteKey:
    """
    A named key that signs notes, written `name+id+base64`. openssl before 3.5 has no ML-DSA-44: such a
    cosigner may stand in a policy, but what it signs is not checked, and never counts.
    """

    LOG, COSIGNER, UNCHECKED = 1, 4, 6
    ML_DSA_44 = 1312

    def __init__(self, vkey):
        parts = vkey.split("+", 2)
        if len(parts) != 3 or not is_key_name(parts[0]):
            raise BadNote(f"no key: {vkey[:120]!r}")
        self.name, typed = parts[0], of_base64(parts[2])
        self.type, self.point = int.from_bytes(typed[:1], "big"), typed[1:]
        self.spki = KEY_FORMS["Ed25519"][0] + self.point
        if self.type == NoteKey.UNCHECKED:
            if len(self.point) != NoteKey.ML_DSA_44:
                raise BadNote(f"no ML-DSA-44 key of a cosigner: {vkey[:120]!r}")
        elif self.type not in (NoteKey.LOG, NoteKey.COSIGNER) or key_algorithm(self.spki) is None:
            raise BadNote(f"no key of a log or cosigner: {vkey[:120]!r}")
        self.id = sha256(self.name.encode() + b"\n" + typed)[:4]
        if parts[1] != self.id.hex():
            raise BadNote(f"another id than the key's: {vkey[:120]!r}")

    def verify(self, openssl, text, body):
        """The time of a cosignature, 0 for a log's own signature; None if it is not good."""
        if self.type == NoteKey.LOG:
            return 0 if openssl.verifies(self.spki, text.encode(), body) else None
        if len(body) != 72:
            return None
        at = int.from_bytes(body[:8], "big")
        signed = f"cosignature/v1\ntime {at}\n{text}".encode()
        return at if at < 1 << 63 and openssl.verifies(self.spki, signed, body[8:]) else None


def read_note(note):
    """The text, and of each signature the name, the key's id and the rest."""
    text = text_of(note, 512 * 1024)
    if re.search("[\x00-\x09\x0b-\x1f]", text) or not text.endswith("\n"):
        raise BadNote("control characters in a note, or no end of line")
    blank = text.rfind("\n\n")
    if blank < 0 or blank + 2 == len(text):
        raise BadNote("no blank line with signatures after it")
    lines = text[blank + 2:-1].split("\n")
    if len(lines) > 100:
        raise BadNote("more than 100 signatures")
    signatures = []
    for line in lines:
        dash, _, rest = line.partition(" ")
        name, _, code = rest.partition(" ")
        if dash != "\u2014" or not is_key_name(name):
            raise BadNote(f"no signature: {line[:80]!r}")
        data = of_base64(code)
        if len(data) <= 4:
            raise BadNote(f"no signature: {line[:80]!r}")
        signatures.append((name, data[:4], data[4:]))
    return text[:blank + 1], signatures


Checkpoint = namedtuple("Checkpoint", "origin size root")


def read_checkpoint(text):
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0] or re.search("[\x00-\x1f]", lines[0]):
        raise BadNote("no checkpoint of three lines")
    return Checkpoint(lines[0], of_decimal(lines[1]), hash_of_base64(lines[2]))


# `cosigned`: the time by name. `satisfied`: names of cosigners and groups that have signed as asked.
Signed = namedtuple("Signed", "checkpoint cosigned satisfied quorum_met")


class Policy:
    """Whom to trust: which log, whose cosignatures, and the ledger's first entry and hash."""

    def __init__(self, data):
        self.genesis = self.hash = self.quorum = None
        self.logs, self.witnesses, self.groups = [], {}, {}
        self.grouped, self.key_names, self.spkis = set(), set(), set()
        for number, line in enumerate(text_of(data, 64 * 1024).split("\n"), 1):
            try:
                self.read(number, line)
            except BadNote as e:
                raise BadNote(f"{e}, on line {number}") from None
        if self.quorum is None:
            raise BadNote("no quorum line")
        if self.genesis is not None and self.hash is None:
            raise BadNote("no `#pinlian hash` on line 2")
        self.hash = self.hash or LedgerHash("sha-256")

    def read(self, number, line):
        if re.search("[\x00-\x08\x0a-\x1f\x7f]", line):
            raise BadNote("control characters")
        words = [word for word in re.split("[ \t]+", line) if word]
        if not words or (words[0].startswith("#") and words[0] != "#pinlian"):
            return
        keyword, count = words[0], len(words) - 1
        if keyword == "#pinlian" and number == 1 and count == 2 and words[1] == "genesis":
            if not re.fullmatch("[0-9a-f]{64}", words[2]):
                raise BadNote("no 64 hexadecimal digits")
            self.genesis = bytes.fromhex(words[2])
        elif (keyword == "#pinlian" and number == 2 and count == 2 and words[1] == "hash"
              and self.genesis is not None and words[2] in ("sha-256", "sm3")):
            self.hash = LedgerHash(words[2])
        elif keyword == "log" and count in (1, 2):
            self.logs.append(self.key((NoteKey.LOG,), words[1]))
            self.room(self.logs)
        elif keyword == "witness" and count in (2, 3):
            name = self.new_name(words[1])
            self.witnesses[name] = self.key((NoteKey.COSIGNER, NoteKey.UNCHECKED), words[2])
            self.room(self.witnesses)
        elif keyword == "group" and 3 <= count <= 130:
            self.read_group(words[1], words[2], words[3:])
        elif keyword == "quorum" and count == 1 and self.quorum is None:
            if words[1] != "none":
                self.require_known(words[1])
            self.quorum = words[1]
        else:
            raise BadNote(f"not understood: {line[:80]!r}")

    def read_group(self, name, asked, members):
        for member in members:
            self.require_known(member)
            if member in self.grouped:
                raise BadNote(f"{member!r} in two groups")
            self.grouped.add(member)
        threshold = {"all": len(members), "any": 1}.get(asked) or of_decimal(asked)
        if not 1 <= threshold <= len(members):
            raise BadNote(f"{threshold} of {len(members)}")
        self.groups[self.new_name(name)] = threshold, members
        self.room(self.groups)

    def key(self, types, vkey):
        key = NoteKey(vkey)
        # One holder must not count twice, nor two keys be taken for one.
        if (key.type not in types or (key.name, key.id) in self.key_names
                or (key.type, key.spki) in self.spkis):
            raise BadNote(f"a key of another type, or one that was there before: {vkey[:120]!r}")
        self.key_names.add((key.name, key.id))
        self.spkis.add((key.type, key.spki))
        return key

    def unchecked(self):
        """Names of the cosigners whose signatures are not checked here."""
        return [name for name, key in self.witnesses.items() if key.type == NoteKey.UNCHECKED]

    def new_name(self, name):
        if name == "none" or name in self.witnesses or name in self.groups:
            raise BadNote(f"{name!r} is taken")
        return name

    def require_known(self, name):
        if name not in self.witnesses and name not in self.groups:
            raise BadNote(f"{name!r} is not defined before")

    @staticmethod
    def room(defined):
        if len(defined) > 64:
            raise BadNote("more than 64 of a kind")

    def within(self, group):
        """The cosigners in a group and in the groups in it."""
        if group not in self.groups:
            return [group] if group in self.witnesses else []
        return [name for member in self.groups[group][1] for name in self.within(member)]

    def check(self, openssl, note, not_before=0, not_after=1 << 63):
        """
        Every signature by a key of the policy must be good, one of them by the log that the checkpoint
        names. Cosignatures count within the times given.
        """
        text, signatures = read_note(note)
        good = []
        for name, key_id, body in signatures:
            for key in self.logs + list(self.witnesses.values()):
                if (key.name, key.id) == (name, key_id) and key.type != NoteKey.UNCHECKED:
                    at = key.verify(openssl, text, body)
                    if at is None:
                        raise BadNoteSignature(f"a bad signature by {name}")
                    good.append((key, at))
        if not good:
            raise BadNoteSignature("no signature by anybody whom the policy names")
        checkpoint = read_checkpoint(text)
        if not any(key.type == NoteKey.LOG and key.name == checkpoint.origin for key, _ in good):
            raise BadNoteSignature(f"no signature by a trusted log {checkpoint.origin!r}")
        cosigned = {}
        for name, witness in self.witnesses.items():
            times = [at for key, at in good if key is witness and not_before <= at <= not_after]
            if times:
                cosigned[name] = max(times)
        satisfied = set(cosigned)
        for name, (threshold, members) in self.groups.items():
            if len(satisfied.intersection(members)) >= threshold:
                satisfied.add(name)
        quorum_met = self.quorum == "none" or self.quorum in satisfied
        return Signed(checkpoint, cosigned, satisfied, quorum_met)


def check_note(policy, openssl, note, *times):
    try:
        return policy.check(openssl, note.encode("utf-8"), *times)
    except BadNote as e:
        raise Broken("CHECKPOINT_MALFORMED", "a signed checkpoint", e) from None
    except BadNoteSignature as e:
        raise Broken("CHECKPOINT_SIGNATURE", "signatures that the policy asks for", e) from None


def check_any_age(policy, openssl, note):
    signed = check_note(policy, openssl, note)
    size = signed.checkpoint.size
    require(size > 1, "CHECKPOINT_TOO_SMALL", "a log of two entries at least", size)
    return signed


def check_fresh(policy, openssl, note, now, max_age):
    """As the policy's quorum has cosigned it, not longer ago than allowed (milliseconds)."""
    if policy.quorum == "none":
        return check_any_age(policy, openssl, note)
    # A cosigner's clock may be five minutes ahead of ours.
    not_before, not_after = (now - max_age) // 1000, now // 1000 + 300
    signed = check_note(policy, openssl, note, not_before, not_after)
    if not signed.quorum_met:
        of_any_age = check_any_age(policy, openssl, note)
        times = ", ".join(f"{name} at {iso(at * 1000)}" for name, at in of_any_age.cosigned.items())
        raise Broken(
            "COSIGNATURES_TOO_OLD" if of_any_age.quorum_met else "QUORUM_NOT_MET",
            f"`{policy.quorum}` to have cosigned from {iso(not_before * 1000)} to {iso(not_after * 1000)}",
            f"cosigned by {times or 'nobody'}")
    return check_any_age(policy, openssl, note) if signed.checkpoint.size <= 1 else signed


# 7  Subjects =========================================================================================

# Goods, places and papers are named by URIs, each in one spelling only, so that one thing has one chain.

GS1 = "https://id.gs1.org/"
URN = "urn:pinlian:"
KEYS = URN + "keys:"
SET_39 = r"[#\-/0-9A-Z]"
SET_82 = r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]"
SET_82_IN_ORDER = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"

# GS1 application identifiers: the old name in links; how many digits come first; the place of the
# check digit among them; then characters of an alphabet, from how many to how many.
Ai = namedtuple("Ai", "name digits check alphabet least most")
AIS = {
    "01": Ai("gtin", 14, 14, "", 0, 0), "8006": Ai("itip", 18, 14, "", 0, 0),
    "00": Ai("sscc", 18, 18, "", 0, 0), "414": Ai("gln", 13, 13, "", 0, 0),
    "415": Ai("payTo", 13, 13, "", 0, 0), "417": Ai("partyGln", 13, 13, "", 0, 0),
    "8003": Ai("grai", 14, 14, SET_82, 0, 16), "8004": Ai("giai", 0, 0, SET_82, 5, 30),
    "8010": Ai("cpid", 0, 0, SET_39, 5, 30), "8013": Ai("gmn", 0, 0, SET_82, 5, 25),
    "8017": Ai("gsrnp", 18, 18, "", 0, 0), "8018": Ai("gsrn", 18, 18, "", 0, 0),
    "253": Ai("gdti", 13, 13, SET_82, 0, 17), "255": Ai("gcn", 13, 13, "[0-9]", 0, 12),
    "401": Ai("ginc", 0, 0, SET_82, 5, 30), "402": Ai("gsin", 17, 17, "", 0, 0),
    "10": Ai("lot", 0, 0, SET_82, 1, 20), "21": Ai("ser", 0, 0, SET_82, 1, 20),
    "22": Ai("cpv", 0, 0, SET_82, 1, 20), "235": Ai("235", 0, 0, SET_82, 1, 28),
    "254": Ai("glnx", 0, 0, SET_82, 1, 20), "7040": Ai("7040", 1, 0, SET_82, 3, 3),
    "8011": Ai("cpsn", 0, 0, "[0-9]", 1, 12), "8019": Ai("srin", 0, 0, "[0-9]", 1, 10),
    "8020": Ai("refno", 0, 0, SET_82, 1, 25),
}
# Which of them name a thing, of what kind, and which may follow.
GS1_KEYS = {
    "01": ("CLASS", {"22": "CLASS", "10": "LOT", "21": "UNIT", "235": "UNIT"}),
    "8006": ("CLASS", {"22": "CLASS", "10": "LOT", "21": "UNIT"}),
    "00": ("LOGISTIC_UNIT", {}), "414": ("LOCATION", {"254": "LOCATION"}),
    "415": ("OTHER", {"8020": "OTHER"}), "417": ("OTHER", {"7040": "OTHER"}),
    "8003": ("OTHER", {}), "8004": ("OTHER", {}), "8010": ("OTHER", {"8011": "OTHER"}),
    "8013": ("OTHER", {}), "8017": ("OTHER", {"8019": "OTHER"}), "8018": ("OTHER", {"8019": "OTHER"}),
    "253": ("OTHER", {}), "255": ("OTHER", {}), "401": ("OTHER", {}), "402": ("OTHER", {}),
}


def digits_only(text):
    return re.fullmatch("[0-9]*", text) is not None


def check_digit(body):
    total = sum(int(c) * (3 if i % 2 == 0 else 1) for i, c in enumerate(reversed(body)))
    return str(-total % 10)


def model_number_pair(body):
    """The two check characters of a Global Model Number."""
    weights = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)
    if not 0 < len(body) <= len(weights):
        return None
    total = sum(w * SET_82_IN_ORDER.index(c) for w, c in zip(weights, reversed(body))) % 1021
    letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    return letters[total >> 5] + letters[total & 31]


def is_value(ai, value):
    form = AIS[ai]
    head, tail = value[:form.digits], value[form.digits:]
    if (not value or len(head) < form.digits or not digits_only(head)
            or not form.least <= len(tail) <= form.most
            or not re.fullmatch(f"(?:{form.alphabet})*" if form.alphabet else "", tail)):
        return False
    if form.check and value[form.check - 1] != check_digit(value[:form.check - 1]):
        return False
    begins_with_prefix = re.match("[0-9]{4}", value) is not None
    if ai == "8006":
        return value[14:16] != "00" and value[14:16] <= value[16:]
    if ai == "254":
        return value != "0"
    if ai == "8011":
        return len(value) == 1 or value[0] != "0"
    if ai == "8003":
        return value[0] == "0"
    if ai in ("8004", "8010", "401"):
        return begins_with_prefix
    if ai == "8013":
        return begins_with_prefix and value[-2:] == model_number_pair(value[:-2])
    return True


def looks_like_value(ai, value):
    """Whether it is meant as one, check digits aside."""
    form = AIS[ai]
    if ai == "01":
        return digits_only(value) and len(value) in (8, 12, 13, 14)
    return (form.digits + form.least <= len(value) <= form.digits + form.most
            and digits_only(value[:form.digits or 4]))


def percent_decode(text):
    """None if it is not percent-encoded UTF-8."""
    if re.search("%(?![0-9A-Fa-f]{2})", text):
        return None
    try:
        return urllib.parse.unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        return None


def percent_decode_one_way(text):
    """None unless exactly what must be encoded is, with upper-case digits."""
    decoded = percent_decode(text)
    return decoded if decoded is not None and urllib.parse.quote(decoded, safe="") == text else None


def subject_kind(uri):
    """What kind of thing a URI names; None if it is not in the spelling allowed."""
    if len(uri) > 512:
        return None
    if uri.startswith(GS1):
        return gs1_kind(uri[len(GS1):].split("/"))
    if uri.startswith(URN):
        return urn_kind(uri)
    return "OTHER" if is_foreign(uri) and not is_spelling_of_ours(uri) else None


def gs1_kind(parts):
    if len(parts) not in (2, 3, 4) or parts[0] not in GS1_KEYS:
        return None
    kind, qualifiers = GS1_KEYS[parts[0]]
    value = percent_decode_one_way(parts[1])
    if value is None or not is_value(parts[0], value):
        return None
    if len(parts) == 2:
        return kind
    value = percent_decode_one_way(parts[3]) if len(parts) == 4 else None
    good = parts[2] in qualifiers and value is not None and is_value(parts[2], value)
    return qualifiers[parts[2]] if good else None


def urn_kind(uri):
    what, colon, rest = uri[len(URN):].partition(":")
    if not colon:
        return None
    if what in ("lot", "certificate", "order", "case"):
        return what.upper() if is_named_by_participant(rest) else None
    if what == "cn-drug":
        return "DRUG_CODE" if re.fullmatch("[0-9]{20}", rest) else None
    if what in ("keys", "lookups"):
        return what.upper() if is_participant(rest) else None
    return "RECORD" if what == "record" and place_of(uri) is not None else None


def is_named_by_participant(rest):
    scheme, _, rest = rest.partition(":")
    value, colon, encoded = rest.partition(":")
    name = percent_decode_one_way(encoded)
    return bool(colon and name and is_participant(f"{scheme}:{value}")
                and not re.search("[\x00-\x1f\x7f-\x9f]", name))


def is_participant(text):
    scheme, colon, value = text.partition(":")
    if not colon:
        return False
    if scheme == "uscc":
        return is_uscc(value)
    if scheme == "gln":
        return is_value("414", value)
    return scheme in ("farmer", "device") and re.fullmatch("[A-Za-z0-9._~-]{1,64}", value) is not None


def is_uscc(text):
    """统一社会信用代码, GB 32100-2015."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    if (len(text) != 18 or not re.fullmatch("[0-9]{6}", text[2:8])
            or any(c not in alphabet for c in text[:17])):
        return False
    total = sum(alphabet.index(c) * pow(3, i, 31) for i, c in enumerate(text[:17]))
    return text[17] == alphabet[-total % 31]


def place_of(uri):
    """Where a record stands that is named as a subject: index of its entry, position in it."""
    found = re.fullmatch(URN + r"record:(0|[1-9][0-9]{0,18})\.(0|[1-9][0-9]{0,9})", uri)
    if found is None:
        return None
    index, position = int(found.group(1)), int(found.group(2))
    return (index, position) if index < 1 << 63 and position < 1 << 31 else None


def is_foreign(uri):
    return bool(
        re.fullmatch(r"[A-Za-z0-9._~%:/?#\[\]@!$&'()*+,;=-]+", uri)
        and not re.search("%(?![0-9A-Fa-f]{2})", uri)
        and re.match("[A-Za-z][A-Za-z0-9+.-]*:.", uri)
        and uri.split(":")[0].lower() not in ("uscc", "gln", "farmer", "device")
        # On GS1's own host there is nothing but keys: what does not read as one is a mistake.
        and not re.match(r"https?://id\.gs1\.org(?:[/?#:]|\Z)", uri, re.IGNORECASE))


def is_spelling_of_ours(uri):
    """Whether it is another way to write what has a spelling of its own here."""
    lower = uri.lower()
    if lower.startswith(URN):
        return True
    if lower.startswith("urn:epc:"):
        parts = lower.split(":")
        # EPC schemes that have no GS1 key.
        return not (len(parts) > 4 and parts[2] in ("id", "class", "idpat")
                    and parts[3] in ("gid", "usdod", "adi", "bic", "imovn"))
    return is_digital_link(uri)


def is_digital_link(uri):
    found = re.match(r"https?://[^/?#]*/([^?#]*)", uri, re.IGNORECASE)
    if found is None:
        return False
    segments = [percent_decode(segment) for segment in found.group(1).rstrip("/").split("/")]
    if None in segments:
        return False

    def ai_named(text, among):
        return next((ai for ai in among if text in (ai, AIS[ai].name)), None)

    for i in range(len(segments) - 1):
        key = ai_named(segments[i], GS1_KEYS)
        if key is not None and looks_like_value(key, segments[i + 1]):
            rest = segments[i + 2:]
            names = [ai_named(text, GS1_KEYS[key][1]) for text in rest[::2]]
            if len(rest) % 2 == 0 and None not in names and len(set(names)) == len(names):
                return True
    return False


# 8  Entries ==========================================================================================

ENTRY_MAX, PART_MAX, LINE_MAX, LINES_MAX = 65_535, 1 << 20, 1 << 10, 10_000


def where(place):
    return f"{place[0]}.{place[1]}"


class Submission:
    """An entry that holds a signed header: somebody vouches for some records, by the root over them."""

    def __init__(self, index, entry, header):
        self.index, self.sequenced_at = index, entry.sequenced_at
        self.signed, self.header, self.principal = entry.submission, header, None

    def speaker(self):
        return self.principal or self.header.submitter

    def signers(self):
        return [self.header.submitter] + ([self.principal] if self.principal else [])


def read_entry(index, data):
    require(len(data) <= ENTRY_MAX, "LIMIT_EXCEEDED", f"an entry of {ENTRY_MAX} bytes at most", len(data))
    entry = read_canonical("Entry", data, f"entry {index}")
    require(entry.format == 1, "UNSUPPORTED_FORMAT", f"format 1 of entry {index}", entry.format)
    bodies = entry.genesis, entry.submission, entry.block
    require(any(body is not None for body in bodies), "MALFORMED", f"a body in entry {index}", "none")
    header = read_header(index, entry.submission.header) if entry.submission is not None else None
    return entry, header


def read_header(index, data):
    header = read_canonical("SubmissionHeader", data, f"header in entry {index}")
    require(header.format == 1, "UNSUPPORTED_FORMAT", f"format 1 of header {index}", header.format)
    require(header.record_count <= 1000, "LIMIT_EXCEEDED", "1,000 records at most", header.record_count)
    well_formed = (
        len(header.ledger) == 32 and len(header.submission_id) == 16 and len(header.records_root) == 32
        and len(header.attestation) in (0, 32) and header.record_count > 0
        and header.created_at > 0 and header.not_after >= header.created_at
        and header.not_after - header.created_at <= 31 * 24 * 3600 * 1000)
    require(well_formed, "MALFORMED", f"a readable header in entry {index}", "another")
    return header


def read_submission(index, data, genesis):
    """
    genesis: hash of the ledger's first entry, if it is known. A header signed for one ledger must not be
    shown as part of another.
    """
    entry, header = read_entry(index, data)
    require(header is not None, "WRONG_ENTRY", f"a submission at index {index}", "another entry")
    require(genesis in (None, header.ledger), "OTHER_LEDGER", f"a header for ledger {genesis and genesis.hex()}",
            header.ledger.hex())
    require(entry.sequenced_at <= header.not_after, "SEQUENCED_TOO_LATE",
            f"entry {index} sequenced at {header.not_after} at the latest", entry.sequenced_at)
    return Submission(index, entry, header)


def open_attestation(h, submission, shown):
    """For whom a gateway signed: the header has a salted hash of it, the dossier what was hashed."""
    what, digest = f"the attestation of entry {submission.index}", submission.header.attestation
    require(digest or not shown, "ATTESTATION_MISMATCH", f"none as {what}", "one")
    if not digest:
        return
    require(shown, "ATTESTATION_MISSING", what, "none")
    require(len(shown) <= LINE_MAX, "LIMIT_EXCEEDED", f"{LINE_MAX} bytes of {what}", len(shown))
    require(h.prefixed(0x14, shown) == digest, "ATTESTATION_MISMATCH", what, "another")
    attestation = read_canonical("Attestation", shown, what)
    principal = attestation.principal
    good = (len(attestation.salt) == 16 and is_participant(principal)
            and principal != submission.header.submitter)
    require(good, "MALFORMED", what, "another")
    submission.principal = principal


class ShownLog:
    """The entries and records shown, each proved to be in the log of one checkpoint."""

    def __init__(self, policy, checkpoint, genesis):
        self.h, self.checkpoint = policy.hash, checkpoint
        self.submissions, self.records, self.of_entry, self.ids = {}, {}, defaultdict(list), {}
        require(genesis.index == 0, "OUT_OF_ORDER", "the entry at index 0", genesis.index)
        self.genesis_leaf = self.verify_included(genesis)
        require(policy.genesis in (None, self.genesis_leaf), "OTHER_LEDGER",
                f"genesis {policy.genesis and policy.genesis.hex()}", self.genesis_leaf.hex())
        require(not genesis.attestation, "ATTESTATION_MISMATCH", "a genesis, which nobody signed", "an attestation")
        entry, _ = read_entry(0, genesis.entry)
        require(entry.genesis is not None, "WRONG_ENTRY", "genesis at index 0", "another")
        self.genesis, self.least_time, self.last_time = entry.genesis, entry.sequenced_at, 0
        require(self.genesis.origin == checkpoint.origin, "OTHER_ORIGIN", self.genesis.origin, checkpoint.origin)

    def require_below_size(self, index, what):
        require(index < self.checkpoint.size, "INDEX_BEYOND_SIZE", f"{what} below {self.checkpoint.size}", index)

    def place(self, index, position, what):
        self.require_below_size(index, what)
        require(position < 1 << 31, "POSITION_BEYOND_COUNT", f"a position of {what}", position)
        return index, position

    def verify_included(self, shown):
        self.require_below_size(shown.index, "an entry")
        leaf = self.h.leaf(shown.entry)
        verify_in_tree(self.h, shown.index, self.checkpoint.size, leaf, hashes(shown.path),
                       self.checkpoint.root, "PATH_LENGTH", "NOT_INCLUDED", "the entry")
        return leaf

    def add_entry(self, shown):
        self.verify_included(shown)
        index = shown.index
        submission = read_submission(index, shown.entry, self.genesis_leaf)
        open_attestation(self.h, submission, shown.attestation)
        name = submission.header.submitter, submission.header.submission_id
        require(name not in self.ids, "SUBMISSION_ID_TWICE", f"an id of its own in entry {index}", "another's")
        require(self.least_time <= submission.sequenced_at <= self.last_time, "TIME_RUNS_BACK",
                f"entry {index} from {self.least_time} to {self.last_time}", submission.sequenced_at)
        self.least_time = submission.sequenced_at
        self.ids[name] = index
        self.submissions[index] = submission

    def add_record(self, shown):
        place = self.place(shown.index, shown.position, "a record")
        record = Record(self.h, place, shown)
        submission = self.submissions.get(place[0])
        if submission is not None:
            # Of an entry that is shown no record may leave open whether it belongs to it.
            require(record.signer_shown, "WITHHELD", f"the signer of record {where(place)}", "none")
            header = submission.header
            require(place[1] < header.record_count, "POSITION_BEYOND_COUNT",
                    f"a position below {header.record_count}", where(place))
            verify_in_tree(self.h, place[1], header.record_count, self.h.leaf(record.digest), record.path,
                           header.records_root, "RECORD_PATH_LENGTH", "NOT_IN_SUBMISSION",
                           f"record {where(place)}")
        else:
            require(not record.signer_shown, "ENTRY_MISSING", f"the entry of record {where(place)}", "none")
            require(not record.path, "SUPERFLUOUS", f"no path of record {where(place)}", "one")
        require(place not in self.records, "SHOWN_TWICE", f"record {where(place)} once", "twice")
        self.records[place] = record
        self.of_entry[place[0]].append(record)
        return record


# 9  Records ==========================================================================================

(OBJECT, PARENT, CHILD, INPUT, OUTPUT, LOT, ALIAS, PLACE, CERTIFICATE, KEYS_ROLE, RECORD,
 LOOKUPS_ROLE) = range(1, 13)
LINE_ROLES = ("object", "parent", "child", "input", "output", "lot", "alias", "place", "certificate",
              "keys", "record", "look-ups")
AUTHORITY, GATEWAY = 12, 14
ROTATION, REVOCATION, DELEGATION, VOIDING, APPROVAL, ERASURE = 2, 3, 4, 20, 22, 24

# Each kind of statement: number, name, roles that may sign it, roles its lines may have, whether it
# is a notice (also on a chain of notices, which is always shown whole), whether a gateway may sign it
# for somebody else.
KINDS = """
1 enrolment 12 10 - -
2 key-rotation 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15 10 - -
3 key-revocation 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15 10 - -
4 delegation 1,2,3,4,5,6,7,8,9,10,11,13 10 - -
5 product 1,3,10 1 - delegable
6 place 1,2,3,4,5,6,7,8,9,10,11,12 8 - delegable
7 trace-event 1,2,3,4,5,6,7,8,9,10,13 1,2,3,4,5,6,8 - delegable
8 commitment-certificate 1,2 1,4,9 - -
9 certificate-check 5,2,3,6,7 1,9 - delegable
10 custody-offer 1,2,3,4,5,6,7,8,9,10 1,2 - delegable
11 custody-answer 1,2,3,4,5,6,7,8,9,10 1,2,11 - -
12 custody-cancel 1,2,3,4,5,6,7,8,9,10 1,2,11 - delegable
13 intake 1,2,3,4,5,6,7,8,9,10 1,6 - delegable
14 dispatch 1,2,3,4,5,6,7,8,9,10 1,6 - delegable
15 temperature-log 1,2,3,4,5,6,7,8,9,10,13 1,2,8 - delegable
16 farm-record 1 1 - delegable
17 same-goods 1,2,3,4,5,6,7,8,9,10 1,7 - delegable
18 inspection 11,12,5 1,9 notice delegable
19 order 12,10,1 1,11 notice -
20 voiding 1,2,3,4,5,6,7,8,9,10,11,12 1,9,11 notice delegable
21 correction 1,2,3,4,5,6,7,8,9,10,11,12,13 1,2,3,4,5,6,8,9,11 notice delegable
22 approval 12,11,10 1,9,10,11 notice -
23 order-progress 1,2,3,4,5,6,7,8,9,10,12 1,11 notice delegable
24 erasure 12 11 notice -
25 look-up 12 12 - -
26 product-registration 12 1 - -
"""
Kind = namedtuple("Kind", "name signers lines notice delegable")


def read_kinds():
    kinds = {}
    for line in KINDS.split("\n"):
        if line:
            number, name, signers, lines, notice, delegable = line.split(" ")
            kinds[int(number)] = Kind(
                name, {int(role) for role in signers.split(",")}, {int(role) for role in lines.split(",")},
                notice == "notice", delegable == "delegable")
    return kinds


KIND = read_kinds()
# The body of a public part has the number of its kind and ten, the content of a section that of its class.
BODIES = {number: field.name for number, field in FIELDS["PublicPart"].items() if field.choice}
CONTENTS = {number: field.name for number, field in FIELDS["Section"].items() if field.choice}
SECTION_CLASSES = ("", "trade", "recipe", "personal", "source", "attachment")

Line = namedtuple("Line", "number role key subject")
Group = namedtuple("Group", "role count texts keys")
ShownSection = namedtuple("ShownSection", "section_class content erased")


def subject_key(h, subject):
    return h.prefixed(0x22, subject.encode("utf-8"))


def subject_of(place):
    """The name of a record, where other records speak of it."""
    return f"{URN}record:{where(place)}"


def allows_role(kind, role):
    """
    Keys, look-ups, certificates and records are touched in one role only, and nothing else in that: else
    anybody who handles goods could write on the chain that says whose key is good.
    """
    own = {"KEYS": KEYS_ROLE, "LOOKUPS": LOOKUPS_ROLE, "CERTIFICATE": CERTIFICATE, "RECORD": RECORD}
    return own[kind] == role if kind in own else role not in own.values()


class Record:
    """
    One statement. Its digest is computed from what is shown, and from hashes in place of what is not, so
    that it is the same whatever a reader may see.
    """

    def __init__(self, h, place, shown):
        self.h, self.place, self.kind, self.name = h, place, shown.kind, f"record {where(place)}"
        self.require(self.kind in KIND, "UNKNOWN_KIND", "a kind of the table", self.kind)
        self.part, public_digest = self.read_public(shown)
        self.sections, section_leaves = [], []
        self.require(len(shown.sections) <= 32, "LIMIT_EXCEEDED", "32 sections at most", len(shown.sections))
        for section in shown.sections:
            section_leaves.append(self.read_section(section))
        # `roles`: by subject key, in which roles the lines shown name it.
        self.lines, self.groups, self.roles = [], [], defaultdict(set)
        headers, self.line_count, previous = [], 0, 0
        for group in shown.groups:
            self.require(previous < group.role < 1 << 31 and 0 < group.count < 1 << 31,
                         "GROUPS_NOT_CANONICAL", "groups ascending by role, none empty",
                         f"role {group.role} after {previous}, {group.count} lines")
            previous = group.role
            headers.append(self.read_group(group))
        self.require(headers, "GROUPS_NOT_CANONICAL", "one line at least", "none")
        self.digest = h.prefixed(
            0x12, struct.pack(">H", self.kind), public_digest,
            struct.pack(">H", len(section_leaves)), tree_hash(h, section_leaves),
            bytes([len(headers)]), tree_hash(h, headers))
        self.signer_shown, self.path = shown.signer_shown, hashes(shown.records_path)

    def require(self, holds, rule, expected, found=""):
        if not holds:
            raise Broken(rule, f"{expected} in {self.name}", found)

    def is_notice(self):
        return KIND[self.kind].notice

    def is_erased(self):
        """Whether a section of it is said to be erased."""
        return any(section.erased for section in self.sections)

    def public_part(self):
        """Of a record that may not withhold it."""
        require(self.part is not None, "WITHHELD", f"the public part of {self.name}", "its digest")
        return self.part

    def body(self):
        return getattr(self.part, BODIES[self.kind + 10])

    def read_public(self, shown):
        if shown.public_part is None:
            self.require(shown.public_digest is not None, "MALFORMED", "a public part or its digest", "neither")
            return None, a_hash(shown.public_digest, "a public_digest")
        data = shown.public_part
        self.require(len(data) <= PART_MAX, "LIMIT_EXCEEDED", f"{PART_MAX} bytes of a public part", len(data))
        part = read_canonical("PublicPart", data, f"public part of {self.name}")
        self.require(len(part.salt) == 16, "BAD_SALT", "a salt of 16 bytes", len(part.salt))
        body = BODIES.get(self.kind + 10)
        self.require(body is not None and getattr(part, body) is not None, "BODY_MISMATCH",
                     f"a body of kind {self.kind}", "another")
        return part, self.h.prefixed(0x10, data)

    def read_section(self, shown):
        """Leaf of a section: its class and a hash. The salt in it keeps what is withheld from being guessed."""
        if shown.section is None:
            leaf = shown.leaf
            self.require(leaf is not None, "MALFORMED", "a section or its leaf", "neither")
            self.require(len(leaf) == 33, "MALFORMED", "a section leaf of 33 bytes", len(leaf))
            self.require(1 <= leaf[0] <= 5, "SECTION_CLASS_MISMATCH", "a class from 1 to 5", leaf[0])
            self.sections.append(ShownSection(leaf[0], None, shown.erased))
            return leaf
        self.require(not shown.erased, "MALFORMED", "no content of an erased section", "content")
        data = shown.section
        self.require(len(data) <= PART_MAX, "LIMIT_EXCEEDED", f"{PART_MAX} bytes of a section", len(data))
        section = read_canonical("Section", data, f"section of {self.name}")
        self.require(len(section.salt) == 16, "BAD_SALT", "a salt of 16 bytes", len(section.salt))
        number = getattr(section, "class")
        content = CONTENTS.get(number + 10)
        self.require(content is not None and getattr(section, content) is not None,
                     "SECTION_CLASS_MISMATCH", f"content of class {number}", "another")
        self.sections.append(ShownSection(number, section, False))
        return bytes([number]) + self.h.prefixed(0x11, data)

    def read_group(self, group):
        """Header of the lines of one role: role, count and root are never withheld."""
        role, count = group.role, group.count
        self.require(role in KIND[self.kind].lines, "LINE_ROLE_NOT_ALLOWED", f"a line role of kind {self.kind}", role)
        self.require(count <= LINES_MAX - self.line_count, "LIMIT_EXCEEDED", f"{LINES_MAX} lines at most", "more")
        leaves, texts, previous = [], 0, -1
        for line in group.lines:
            number = line.number
            self.require(previous < number < 1 << 31, "OUT_OF_ORDER", f"a line after {previous}", number)
            self.require(number < count, "LINE_BEYOND_COUNT", f"a line below {count}", number)
            previous = number
            self.require(line.line is not None or line.leaf is not None, "MALFORMED", "a line or its leaf", "neither")
            if line.line is not None:
                key, subject, leaf = self.read_line(role, line.line)
                texts += 1
            else:
                self.require(len(line.leaf) == 64, "MALFORMED", "a line leaf of 64 bytes", len(line.leaf))
                key, subject, leaf = line.leaf[:32], None, line.leaf
            self.lines.append(Line(self.line_count + number, role, key, subject))
            self.roles[key].add(role)
            leaves.append(leaf)
        if len(leaves) == count:
            # What follows from what is shown is not said besides: one story has one dossier.
            self.require(not group.root, "SUPERFLUOUS", "no root of a group shown whole", f"role {role}")
            self.require(not any(line.path for line in group.lines), "SUPERFLUOUS",
                         "no paths in a group shown whole", f"role {role}")
            root = tree_hash(self.h, leaves)
        else:
            root = a_hash(group.root, "the root of a group")
            for line, leaf in zip(group.lines, leaves):
                verify_in_tree(self.h, line.number, count, self.h.leaf(leaf), hashes(line.path), root,
                               "LINE_PATH_LENGTH", "NOT_IN_GROUP", f"a line of {self.name}")
        self.line_count += count
        self.groups.append(Group(role, count, texts, len(leaves)))
        return bytes([role]) + struct.pack(">I", count) + root

    def read_line(self, role, data):
        self.require(len(data) <= LINE_MAX, "LIMIT_EXCEEDED", f"{LINE_MAX} bytes of a line", len(data))
        line = read_canonical("Line", data, f"line of {self.name}")
        self.require(len(line.salt) == 16, "BAD_SALT", "a salt of 16 bytes", len(line.salt))
        kind = subject_kind(line.subject)
        self.require(kind is not None, "BAD_SUBJECT", "a subject in its one spelling", line.subject)
        self.require(allows_role(kind, role), "SUBJECT_ROLE_NOT_ALLOWED", f"a subject that may have role {role}",
                     line.subject)
        key = subject_key(self.h, line.subject)
        return key, line.subject, key + self.h.prefixed(0x13, data)


# 10  Chains ==========================================================================================

# Every subject has a chain: link n hashes link n-1, the number n and the digest of the n-th record that
# names the subject. The block at the end of the log names the root of the map in which each chain's
# number of links and last link stand. So nothing can be left out of a chain, nor its end.


class Chain:
    """A chain and its notices, as the map has them: all links, or all from number `first` on."""

    def __init__(self, log, block, shown):
        self.log, self.block, h = log, block, log.h
        if shown.subject is not None:
            require(subject_kind(shown.subject) is not None, "BAD_SUBJECT", "the subject of a chain", shown.subject)
            self.subject, self.key = shown.subject, subject_key(h, shown.subject)
        else:
            require(shown.subject_key is not None, "MALFORMED", "a chain of a subject or of its key", "neither")
            self.subject, self.key = "", a_hash(shown.subject_key, "the key of a chain's subject")
        self.name, self.first = self.subject or self.key.hex(), shown.first
        require(self.first <= (1 << 62) - 1 and (self.first == 0) == (not shown.links), "MALFORMED",
                f"the number of the first link of {self.name}", self.first)
        start = h.prefixed(0x20, self.key)
        if self.first > 1:
            start = a_hash(shown.before, "the link before the first shown")
        else:
            require(not shown.before, "SUPERFLUOUS", f"no link before the first of {self.name}", "one")
        self.records = self.read_links(shown.links)
        self.notices = self.read_links(shown.notices)
        self.verify_head(self.key, start, max(self.first, 1), self.records, shown.map_proof, self.name)
        notice_key, notice_start = h.prefixed(0x23, self.key), h.prefixed(0x24, self.key)
        self.verify_head(notice_key, notice_start, 1, self.notices, shown.notice_proof, f"the notices of {self.name}")
        self.require_notices()
        self.all = {record.place for record in self.records + self.notices}

    def count(self):
        return self.first - 1 + len(self.records) if self.records else 0

    def reaches_back_to(self, place):
        return self.first <= 1 or self.records[0].place <= place

    def read_links(self, links):
        records = []
        for link in links:
            place = self.log.place(link.index, link.position, f"a link of {self.name}")
            require(not records or records[-1].place < place, "LINKS_NOT_ASCENDING",
                    f"links of {self.name} in the order of the log", where(place))
            require(not self.block.heads_size or place[0] < self.block.heads_size, "LINK_BEYOND_HEADS",
                    f"links of {self.name} below {self.block.heads_size}", where(place))
            record = self.log.records.get(place)
            require(record is not None, "LINK_WITHOUT_RECORD", f"record {where(place)} of {self.name}", "none")
            require(self.key in record.roles, "NOT_ON_SUBJECT", f"a record that names {self.name}", where(place))
            records.append(record)
        return records

    def verify_head(self, map_key, link, first, records, proof, what):
        h, root = self.log.h, self.block.heads_root
        if not self.block.heads_size:
            require(not proof, "SUPERFLUOUS", f"no proof of {what} where there is no map", "one")
        elif not records:
            verify_absent(h, root, map_key, proof, what)
        else:
            for n, record in enumerate(records, first):
                index, position = record.place
                link = h.prefixed(0x21, link, struct.pack(">QQI", n, index, position), record.digest)
            count, last = first - 1 + len(records), records[-1].place[0]
            verify_present(h, root, map_key, struct.pack(">Q", count) + link + struct.pack(">Q", last), proof, what)

    def require_notices(self):
        """The notices are those of the links shown, and before these anything that can be one."""
        among, before = [], []
        for notice in self.notices:
            (among if not self.records or self.reaches_back_to(notice.place) else before).append(notice)
        good = (among == [record for record in self.records if record.is_notice()]
                and all(notice.is_notice() for notice in before)
                and len(before) <= max(0, self.first - 1))
        require(good, "NOTICES_MISMATCH", f"exactly the notices of {self.name}", "others")


# 11  Keys ============================================================================================

# Whose key is whose, and good for what, at every index of the log: found by going through genesis and
# the records of keys chains in the order of the log. A record at one index speaks of headers at greater
# ones. What makes somebody an authority takes effect when another authority approves it.

INSTANT_MAX = 253_402_300_799_999


class Standing:
    """What a participant is, from the entry `since` on."""

    def __init__(self, participant, since, name, roles, level, valid_from=0, valid_until=0):
        self.participant, self.since, self.name, self.roles, self.level = participant, since, name, roles, level
        self.valid_from, self.valid_until = valid_from, valid_until

    def is_valid_at(self, at):
        return (not self.valid_from or at >= self.valid_from) and (not self.valid_until or at <= self.valid_until)

    def is_authority(self):
        return AUTHORITY in self.roles


class Key:
    """A key's life, as indexes of entries; None for what has not happened."""

    def __init__(self, owner, spki, named_at, enrolled_at):
        self.owner, self.spki, self.named_at, self.enrolled_at = owner, spki, named_at, enrolled_at
        self.revoked_at, self.doubts = None, []

    def is_doubtful_at(self, at):
        return any(since <= at for _, since in self.doubts)


Term = namedtuple("Term", "principal gateway since kinds valid_until")


class Waiting:
    """An enrolment or a key that takes effect with its approval."""

    def __init__(self, record, participant):
        self.record, self.participant, self.approved = record, participant, False


def read_keys_record(record, signer):
    """What a record on a keys chain says, if its fields are well formed; else Broken."""
    part = record.public_part()
    lines = [(line.role, line.subject) for line in record.lines]
    require(all(subject is not None for _, subject in lines), "WITHHELD", f"every line of {record.name}", "a leaf")
    fault = keys_record_fault(record.kind, part, lines)
    require(not fault, "KEYS_RECORD_NOT_ALLOWED", f"{fault} in {record.name}", "otherwise")
    return KeysRecord(record.place, record.digest, record.kind, signer, record.body(), [s for _, s in lines])


KeysRecord = namedtuple("KeysRecord", "place digest kind signer body subjects")


def keys_record_fault(kind, part, lines):
    def first_fault(*checks):
        return next((otherwise for holds, otherwise in checks if not holds), None)

    def instant(value):
        return 0 <= value <= INSTANT_MAX

    def texts(value, most):
        hidden = "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
        return len(value) <= most and not re.search(hidden, value)

    body = getattr(part, BODIES[kind + 10])
    if kind == APPROVAL:
        return first_fault(
            (sum(role == RECORD for role, _ in lines) in (1, 2), "one record line, or two"),
            (len(body.record) == 32, "a digest"), (texts(body.opinion, 1000), "an opinion"))
    if kind > DELEGATION:
        return "a kind that stands on keys chains"
    participant = body.participant
    scheme = participant.partition(":")[0]
    on_keys = [subject for role, subject in lines if role == KEYS_ROLE]
    fault = first_fault(
        (is_participant(participant), "a participant"),
        (on_keys == [KEYS + participant], "the keys chain of the participant alone"))
    if fault:
        return fault
    if kind == ROTATION:
        key_id = sha256(body.key.spki) if body.key is not None else None
        return first_fault(
            (body.key is not None and key_algorithm(body.key.spki), "a public key"),
            (len(body.replaces) in (0, 32), "a key id"), (body.replaces != key_id, "another key in its place"))
    if kind == REVOCATION:
        return first_fault((len(body.key_id) == 32, "a key id"), (instant(body.compromised_since), "an instant"),
                           (texts(body.reason, 1000), "a reason"))
    if kind == DELEGATION:
        ascending = all(a < b for a, b in zip(body.kinds, body.kinds[1:]))
        return first_fault(
            (is_participant(body.gateway) and body.gateway != participant, "another as the gateway"),
            (len(body.key_id) == 32, "a key id"),
            (ascending and all(k in KIND and KIND[k].delegable for k in body.kinds), "kinds that can be delegated"),
            (instant(body.valid_until), "an instant"),
            (bool(body.kinds) == (body.valid_until != 0), "an end where it does not end"))
    spkis = [key.spki for key in body.keys]
    return first_fault(
        (texts(body.name, 256), "a name"),
        (scheme != "farmer" or not body.name, "no natural person's name"),
        (scheme not in ("uscc", "gln") or body.name, "a name"),
        (body.roles and all(1 <= role <= 15 for role in body.roles), "known roles"),
        (len(set(body.roles)) == len(body.roles), "each role once"),
        (0 <= body.level <= 3 and (AUTHORITY in body.roles) == (body.level != 0), "a level of an authority alone"),
        (re.fullmatch("[0-9]{6}", body.region) or (scheme == "device" and not body.region), "a region"),
        (len(spkis) <= 100 and all(key_algorithm(spki) for spki in spkis), "public keys"),
        (len(set(spkis)) == len(spkis), "each key once"),
        (instant(body.valid_from) and instant(body.valid_until), "instants"),
        (not body.valid_until or body.valid_until >= body.valid_from, "an end not before the beginning"))


class Registry:
    def __init__(self, genesis):
        self.standings, self.keys, self.waiting = defaultdict(list), {}, {}
        self.terms, self.keys_of = defaultdict(list), defaultdict(list)
        for authority in genesis.authorities:
            for key in authority.keys:
                require(key_algorithm(key.spki), "MALFORMED", "keys in genesis", "other bytes")
            self.standings[authority.participant].append(
                Standing(authority.participant, 0, authority.name, [AUTHORITY], authority.level))
            for key in authority.keys:
                self.enrol_key(authority.participant, key.spki, 0, 0)

    # Asking

    def standing(self, participant, index):
        """As of the entries below an index; None if it is not enrolled there."""
        standings = reversed(self.standings.get(participant, ()))
        return next((one for one in standings if one.since < index), None)

    def is_authority(self, participant, index):
        standing = self.standing(participant, index)
        return standing is not None and standing.is_authority()

    def is_authority_now(self, participant):
        standings = self.standings.get(participant)
        return bool(standings) and standings[-1].is_authority()

    def valid_key(self, key_id, index, at):
        """The key and its owner's standing, for a header at an index and time."""
        key = self.keys.get(key_id)
        require(key is not None and key.named_at < index, "UNKNOWN_KEY",
                f"a key enrolled before entry {index}", key_id.hex())
        revoked = key.revoked_at is not None and key.revoked_at < index
        enrolled = key.enrolled_at is not None and key.enrolled_at < index
        standing = self.standing(key.owner, index)
        good = not revoked and enrolled and standing is not None and standing.is_valid_at(at)
        why = "revoked" if revoked else "not approved" if not enrolled else "outside its validity"
        require(good, "KEY_NOT_VALID", f"key {key_id.hex()} of {key.owner} good at entry {index}", why)
        return key, standing

    def delegation(self, key_id, gateway, principal, index, at):
        """What lets a gateway sign for somebody, and what that somebody is."""
        what = f"{principal} letting {gateway.participant} sign entry {index}"
        require(GATEWAY in gateway.roles, "NOT_A_GATEWAY", what, "no gateway")
        standing = self.standing(principal, index)
        require(standing is not None and standing.is_valid_at(at) and not standing.is_authority(),
                "PRINCIPAL_NOT_VALID", what, "a principal who is not enrolled, not valid or an authority")
        terms = reversed(self.terms.get((principal, key_id), ()))
        term = next((term for term in terms if term.since < index), None)
        require(term is not None and term.kinds and term.gateway == gateway.participant, "NO_DELEGATION",
                what, "none")
        # Whoever had a key of the principal's may have given the delegation.
        doubts = [doubt for key in self.keys_of[principal] for doubt, _ in key.doubts]
        require(not any(term.since <= doubt < index for doubt in doubts), "NO_DELEGATION", what,
                "a key revoked as compromised since")
        require(at <= term.valid_until, "DELEGATION_EXPIRED", what, f"an end at {term.valid_until}")
        return term, standing

    # Objecting

    def objection(self, record):
        """Why the ledger should not have let this stand on a keys chain; None if nothing is against it."""
        body, kind, index = record.body, record.kind, record.place[0]
        if kind == APPROVAL:
            return self.objection_to_approval(record)
        by_authority = self.is_authority(record.signer, index)
        by_itself = record.signer == body.participant
        if kind == DELEGATION:
            if not by_itself:
                return "only the participant itself lets others sign for it"
            return "an authority signs for itself" if body.kinds and by_authority else None
        if kind in (ROTATION, REVOCATION):
            if not by_itself and not by_authority:
                return "only the participant itself or an authority may sign this"
            if kind == REVOCATION:
                return self.objection_to_old_key(body.participant, body.key_id)
            if body.participant not in self.standings:
                return "not enrolled"
            fault = self.objection_to_old_key(body.participant, body.replaces) if body.replaces else None
            return fault or self.objection_to_new_key(body.participant, body.key.spki)
        if not by_authority:
            return "only an authority enrols"
        faults = (self.objection_to_new_key(body.participant, key.spki) for key in body.keys)
        return next((fault for fault in faults if fault), None)

    def objection_to_new_key(self, participant, spki):
        known = self.keys.get(sha256(spki))
        if known is None:
            return None
        if known.owner != participant:
            return "somebody else's key"
        return None if known.revoked_at is None else "a revoked key does not come back"

    def objection_to_old_key(self, participant, key_id):
        known = self.keys.get(key_id)
        return None if known is not None and known.owner == participant else "no key of the participant"

    def objection_to_approval(self, record):
        waits = self.waiting_for(record)
        cited = waits is not None and waits.record.digest == record.body.record
        on_keys = [subject for subject in record.subjects if subject.startswith(KEYS)]
        if any(not cited or subject != KEYS + waits.participant for subject in on_keys):
            return "a keys chain is touched only by the approval of what waits on it"
        if not cited:
            return None
        if waits.record.signer == record.signer:
            return "nobody approves their own"
        if not self.is_authority(record.signer, record.place[0]):
            return "only an authority approves this"
        return None if on_keys else "must also touch the keys chain"

    def waiting_for(self, record):
        places = [place for place in map(place_of, record.subjects) if place is not None]
        return self.waiting.get(places[0]) if places else None

    # Applying

    def apply(self, record):
        body, kind, index = record.body, record.kind, record.place[0]
        if kind == APPROVAL:
            self.apply_approval(record)
        elif kind == REVOCATION:
            self.revoke(body.participant, body.key_id, index, body.compromised_since)
        elif kind == DELEGATION:
            self.terms[body.participant, body.key_id].append(
                Term(body.participant, body.gateway, index, set(body.kinds), body.valid_until))
        elif kind == ROTATION:
            if record.signer != body.participant and self.is_authority_now(body.participant):
                self.enrol_key(body.participant, body.key.spki, index, None)
                self.waiting[record.place] = Waiting(record, body.participant)
            else:
                self.rotate(body, index)
        elif AUTHORITY in body.roles or self.is_authority_now(body.participant):
            for key in body.keys:
                self.enrol_key(body.participant, key.spki, index, None)
            self.waiting[record.place] = Waiting(record, body.participant)
        else:
            self.enrol(body, index)

    def apply_approval(self, record):
        waits = self.waiting_for(record)
        if (waits is None or waits.approved or waits.record.digest != record.body.record
                or KEYS + waits.participant not in record.subjects):
            return
        waits.approved = True
        apply = self.rotate if waits.record.kind == ROTATION else self.enrol
        apply(waits.record.body, record.place[0])

    def enrol(self, body, index):
        level = body.level if AUTHORITY in body.roles else 0
        self.standings[body.participant].append(Standing(
            body.participant, index, body.name, body.roles, level, body.valid_from, body.valid_until))
        for key in body.keys:
            self.enrol_key(body.participant, key.spki, index, index)

    def rotate(self, body, index):
        if body.participant in self.standings:
            self.enrol_key(body.participant, body.key.spki, index, index)
            if body.replaces:
                self.revoke(body.participant, body.replaces, index, 0)

    def enrol_key(self, participant, spki, named_at, enrolled_at):
        known = self.keys.get(sha256(spki))
        if known is None:
            known = self.keys[sha256(spki)] = Key(participant, spki, named_at, enrolled_at)
            self.keys_of[participant].append(known)
        elif known.owner == participant and known.enrolled_at is None:
            known.enrolled_at = enrolled_at

    def revoke(self, participant, key_id, index, compromised_since):
        known = self.keys.get(key_id)
        if known is not None and known.owner == participant:
            if known.revoked_at is None:
                known.revoked_at = index
            if compromised_since:
                known.doubts.append((index, compromised_since))


# `gateway`: the standing of who signed for the signer, if somebody did. `term`: by which delegation.
SignedBy = namedtuple("SignedBy", "standing key gateway term")


class Signers:
    """Checks entry after entry, in the order of the log, and takes in what each says of keys."""

    def __init__(self, log, openssl):
        self.log, self.openssl = log, openssl
        self.registry, self.signed = Registry(log.genesis), {}
        self.not_delegable = {
            subject_key(log.h, subject_of(place)): place
            for place, record in log.records.items() if not KIND[record.kind].delegable}

    def verify(self, submission, records):
        index, at, signed = submission.index, submission.sequenced_at, submission.signed
        key_id = a_hash(signed.key_id, "a key_id")
        key, standing = self.registry.valid_key(key_id, index, at)
        require(key.owner == submission.header.submitter, "WRONG_SUBMITTER",
                f"a key of {submission.header.submitter} in entry {index}", f"a key of {key.owner}")
        speaker, term = standing, None
        if submission.principal:
            term, speaker = self.registry.delegation(key_id, standing, submission.principal, index, at)
        for record in records:
            if term is not None:
                self.require_delegated(record, term)
            require(KIND[record.kind].signers.intersection(speaker.roles), "ROLE_NOT_ALLOWED",
                    f"a signer who may sign a {KIND[record.kind].name} at {where(record.place)}", speaker.roles)
        message = b"pinlian/submission/v1\n" + signed.header
        require(self.openssl.verifies(key.spki, message, signed.signature), "BAD_SIGNATURE",
                f"a signature by key {key_id.hex()} over the header of entry {index}", signed.signature.hex())
        self.signed[index] = SignedBy(speaker, key, standing if term is not None else None, term)

    def require_delegated(self, record, term):
        kind, what = KIND[record.kind], f"a kind that {term.principal} let a gateway sign, at {where(record.place)}"
        require(kind.delegable, "NOT_DELEGABLE", what, kind.name)
        require(record.kind in term.kinds, "KIND_NOT_DELEGATED", what, kind.name)
        if record.kind == VOIDING:
            # What a voiding takes back must be open to the gateway too.
            for line in record.lines:
                cited = self.not_delegable.get(line.key) if line.role == RECORD else None
                require(cited is None or cited[0] >= record.place[0], "NOT_DELEGABLE", what,
                        "a voiding of what a gateway could not have signed")

    def apply(self, record, signer):
        said = read_keys_record(record, signer)
        objection = self.registry.objection(said)
        require(objection is None, "KEYS_RECORD_NOT_ALLOWED", f"a {record.name} that may stand on a keys chain",
                objection)
        self.registry.apply(said)

    def is_doubtful(self, index):
        """Whether the key, or the delegation, was later said to have been out of hand by then."""
        while index in self.signed:
            signed = self.signed[index]
            if signed.key.is_doubtful_at(self.log.submissions[index].sequenced_at):
                return True
            if signed.term is None:
                return False
            index = signed.term.since
        return False


# 12  Closure =========================================================================================

# Which subjects belong to the story of the one asked for: its lot and class, other codes of the same
# goods, certificates, records cited, containers while it was in them, and what it was made of, with
# all of theirs. The reader goes along the chains himself; a dossier in which a chain is missing is refused.

GOODS, CLASS, PAPER, INPUTS, CONTAINER = "goods", "class", "paper", "input", "container"
CLASS_URI = GS1 + "01/"
BEGINNING = (0, 0)

# One way in which a subject is followed. `since` and `inside`, of a container: from which record on, and
# the key of the child whose removal ends it. `own`: about the very goods, not what they were made of.
Way = namedtuple("Way", "key subject depth tie since inside own")


class Member:
    def __init__(self, way):
        self.key, self.depth, self.subject, self.ways = way.key, way.depth, way.subject, [way]
        # Whether it is there for the proof of an erasure alone.
        self.is_proof = False

    def add(self, way):
        self.ways.append(way)
        self.subject = self.subject or way.subject

    def is_whole(self):
        """Whether all of its chain belongs to the story."""
        return any(way.tie != CONTAINER for way in self.ways)

    def is_own(self):
        return any(way.own and way.tie in (GOODS, CLASS) for way in self.ways)

    def since(self):
        return min(way.since for way in self.ways)


def is_removal(record):
    """An EPCIS aggregation event that takes goods out of a container."""
    event = record.part.trace_event if record.part is not None else None
    return event is not None and event.type == 2 and event.action == 3


def removes(record, container, child):
    """A removal ends the stay of the child that it names, or if it names none, of all."""
    has_children = any(group.role == CHILD for group in record.groups)
    return (is_removal(record) and PARENT in record.roles.get(container, ())
            and (not has_children or CHILD in record.roles.get(child, ())))


def leads_on(tie, roles, removal):
    """The roles of the lines that lead on from a record that names the subject in `roles`."""
    if tie in (CLASS, PAPER):
        return set()
    leads = {PARENT} if CHILD in roles and not removal else set()
    if tie == CONTAINER:
        return leads
    leads.add(RECORD)
    if OBJECT in roles:
        leads |= {CERTIFICATE, ALIAS}
    if OBJECT in roles or OUTPUT in roles:
        leads.add(INPUT)
    if roles & {OBJECT, OUTPUT, CHILD}:
        leads.add(LOT)
    if ALIAS in roles:
        leads.add(OBJECT)
    return leads


class Closure:
    """Breadth first from the subject asked for, along chains as the log has them, along lines as shown."""

    def __init__(self, h, asked, max_depth, chains, passed):
        """
        chains: those shown, by key.
        passed: is told of every record on a way, and of the roles that lead on from it.
        """
        self.h, self.max_depth, self.chains, self.passed = h, max_depth, chains, passed
        self.members, self.not_shown = {}, {}
        self.waiting, self.seen, self.stays = [], set(), defaultdict(lambda: ([], []))
        self.places = {key: [record.place for record in chain.records] for key, chain in chains.items()}
        self.reach(Way(subject_key(h, asked), asked, 0, GOODS, BEGINNING, None, True))
        at = 0
        while at < len(self.waiting):
            self.follow(self.waiting[at])
            at += 1
        # Last, every record that is shown with an erased section brings the notices on itself along,
        # whatever the limits: the erasure and its approval stand there, and may themselves have some.
        found = list(self.members.values())
        for member in found:
            chain = chains[member.key]
            for record in chain.records + chain.notices:
                if record.is_erased():
                    self.prove(record.place, member.depth + 1, found)

    def prove(self, erased, depth, found):
        subject = subject_of(erased)
        key = subject_key(self.h, subject)
        if key in self.members:
            return
        way = Way(key, subject, depth, PAPER, BEGINNING, None, False)
        member = Member(way)
        member.is_proof = True
        if key not in self.chains:
            self.not_shown[key] = member
            return
        self.not_shown.pop(key, None)
        self.members[key] = member
        found.append(member)
        self.follow(way)

    def reach(self, way):
        if way.key in self.not_shown:
            self.not_shown[way.key].add(way)
            return
        member = self.members.get(way.key)
        if way.depth > self.max_depth:
            if member is None:
                self.not_shown[way.key] = Member(way)
            return
        again = way._replace(subject=way.subject != "", depth=0)
        if again in self.seen:
            return
        self.seen.add(again)
        if member is not None:
            member.add(way)
        elif way.key in self.chains:
            self.members[way.key] = Member(way)
        else:
            self.not_shown[way.key] = Member(way)
            return
        self.waiting.append(way)

    def follow(self, way):
        if way.tie in (GOODS, INPUTS) and way.subject.startswith(CLASS_URI):
            of_class = way.subject[:len(CLASS_URI) + 14]
            if of_class != way.subject:
                self.reach(self.step(way, subject_key(self.h, of_class), of_class, CLASS))
        records = self.chains[way.key].records
        if way.inside is None:
            for record in records:
                self.go_past(way, record)
            return
        # To go along a part of a stay again would reach nothing new, and who puts goods in a thousand
        # times would have it done a thousand times.
        begins, ends = self.stays[way.key, way.inside, way.own]
        at = bisect.bisect_right(begins, way.since)
        if at and ends[at - 1] >= way.since:
            return
        begins.insert(at, way.since)
        ends.insert(at, (-1, 0))
        for record in records[bisect.bisect_left(self.places[way.key], way.since):]:
            ends[at] = record.place
            self.go_past(way, record)
            if removes(record, way.key, way.inside):
                break

    def go_past(self, way, record):
        leads = leads_on(way.tie, record.roles.get(way.key, set()), is_removal(record))
        self.passed(way, record, leads)
        for line in record.lines:
            if line.role in leads and line.key != way.key:
                self.reach(self.along(way, record, line))

    def along(self, way, record, line):
        key, subject = line.key, line.subject or ""
        if line.role == PARENT:
            return self.step(way, key, subject, CONTAINER)._replace(since=record.place, inside=way.key)
        if line.role in (CERTIFICATE, RECORD):
            return self.step(way, key, subject, PAPER)
        if line.role == INPUT:
            return self.step(way, key, subject, INPUTS)._replace(own=False)
        return self.step(way, key, subject, INPUTS if way.tie == INPUTS else GOODS)

    @staticmethod
    def step(way, key, subject, tie):
        return Way(key, subject, way.depth + 1, tie, BEGINNING, None, way.own)


# 13  The dossier =====================================================================================

DOSSIER_MAX = 16 << 20
TOO_FAR, TOO_MANY_RECORDS, NOT_VISIBLE = 1, 2, 3
LeftOut = namedtuple("LeftOut", "subject key depth reason")
Erased = namedtuple("Erased", "erasure approval")


class Dossier:
    """Everything is checked when it is made; what was found stays in it."""

    def __init__(self, data, asked, policy, openssl, now, max_age, remembered=None, consistency=()):
        """
        asked: the subject whose code was scanned; None to take the dossier's word for what it is of.
        now, max_age: milliseconds.
        remembered: the checkpoint seen last time, with the path from it to this one.
        """
        require(len(data) <= DOSSIER_MAX, "LIMIT_EXCEEDED", f"a dossier of {DOSSIER_MAX} bytes at most", len(data))
        self.policy, self.told = policy, read_canonical("Dossier", data, "dossier", 500_000)
        told = self.told
        self.require_form(asked)
        self.signed = check_fresh(policy, openssl, told.checkpoint, now, max_age)
        self.checkpoint = self.signed.checkpoint
        if remembered is not None:
            self.require_extends(remembered, consistency)
        nothing = Message(FIELDS["ShownEntry"])
        self.log = ShownLog(policy, self.checkpoint, told.genesis or nothing)
        self.block = self.read_block(told.block or nothing)
        lag = self.block.lag_since
        require(not self.block.heads_size or not lag or lag >= now - max_age, "HEADS_TOO_OLD",
                "a map that nothing waits for since longer than allowed", lag)
        self.read_entries_and_records()
        self.members, self.keys, self.by_key = [], [], {}
        for shown in told.members:
            self.add_chain(self.members, Chain(self.log, self.block, shown))
        for shown in told.keys:
            chain = Chain(self.log, self.block, shown)
            require(chain.subject.startswith(KEYS), "CHAIN_WITHOUT_REASON", "a keys chain", chain.name)
            require(not self.keys or self.keys[-1].subject < chain.subject, "OUT_OF_ORDER", "keys chains ascending",
                    chain.name)
            self.add_chain(self.keys, chain)
        self.follow()
        self.on_keys = set()
        self.require_keys_chains()
        self.require_on_every_chain()
        self.signers = Signers(self.log, openssl)
        for index, submission in self.log.submissions.items():
            records = self.log.of_entry[index]
            self.signers.verify(submission, records)
            for record in records:
                if record.place in self.on_keys:
                    self.signers.apply(record, submission.speaker())
        self.erasures = {
            record.place: self.prove_erasures(record) for record in self.log.records.values()}

    def require_form(self, asked):
        told = self.told
        require(told.format == 1, "UNSUPPORTED_FORMAT", "format 1 of a dossier", told.format)
        if asked is None:
            require(subject_kind(told.asked) is not None, "BAD_SUBJECT", "the subject asked for", told.asked)
        else:
            require(told.asked == asked and subject_kind(asked) is not None, "OTHER_SUBJECT",
                    f"a dossier of {asked}", told.asked)
        good = (1 <= told.view <= 3 and 2 <= told.max_depth <= 32 and 1 <= told.max_records <= 10_000
                and told.assembled_at > 0)
        require(good, "BAD_LIMITS", "a view, 2 to 32 steps, 1 to 10,000 records, and a time",
                f"{told.view}, {told.max_depth}, {told.max_records}, {told.assembled_at}")

    def require_extends(self, older, path):
        newer = self.checkpoint
        require(older.origin == newer.origin, "OTHER_ORIGIN", older.origin, newer.origin)
        require(newer.size >= older.size, "LEDGER_SHRANK", f"a size of {older.size} at least", newer.size)
        verify_consistent(self.policy.hash, older.size, older.root, newer.size, newer.root, list(path))

    def read_block(self, shown):
        """The last entry of the tree. It covers all entries before, and names the root of the map."""
        log, last = self.log, self.checkpoint.size - 1
        log.verify_included(shown)
        entry, _ = read_entry(shown.index, shown.entry)
        block = entry.block
        require(block is not None, "WRONG_ENTRY", "a block", "another entry")
        require(shown.index == last == block.covers, "NOT_THE_LAST_BLOCK", f"the block at {last}",
                f"one at {shown.index} that covers {block.covers}")
        require(not shown.attestation, "ATTESTATION_MISMATCH", "a block, which nobody signed", "an attestation")
        a_hash(block.previous, "the block before")
        a_hash(block.heads_root, "a heads_root")
        require(block.heads_size <= block.covers and (block.heads_size or block.heads_root == log.h.empty),
                "HEADS_BEYOND_BLOCK", f"a map over {block.covers} entries at most", block.heads_size)
        good = (0 < block.number < 1 << 63 and block.lag_since >= 0 and block.closed_at > 0
                and (block.number != 1 or block.previous == log.genesis_leaf)
                and (block.heads_size != block.covers or not block.lag_since))
        require(good, "MALFORMED", "a block with a number, times, and no lag where there can be none", "another")
        require(entry.sequenced_at >= log.least_time, "TIME_RUNS_BACK", "a block not before genesis",
                entry.sequenced_at)
        log.last_time = entry.sequenced_at
        return block

    def read_entries_and_records(self):
        previous = 0
        for shown in self.told.entries:
            require(shown.index > previous, "OUT_OF_ORDER", f"submissions ascending, after {previous}", shown.index)
            previous = shown.index
            self.log.add_entry(shown)
        previous = None
        for shown in self.told.records:
            place = self.log.add_record(shown).place
            require(previous is None or previous < place, "OUT_OF_ORDER", "records in the order of the log",
                    where(place))
            previous = place
        for index in self.log.submissions:
            require(index in self.log.of_entry, "ENTRY_WITHOUT_RECORD", f"a record of entry {index}", "none")

    def add_chain(self, chains, chain):
        require(chain.key not in self.by_key, "SHOWN_TWICE", f"the chain of {chain.name} once", "twice")
        self.by_key[chain.key] = chain
        chains.append(chain)

    # Whether everything is there

    def follow(self):
        """The chains shown are exactly those that the closure reaches, and in that order."""
        self.inputs_counted = {}
        members = {chain.key: chain for chain in self.members}
        self.closure = Closure(self.log.h, self.told.asked, self.told.max_depth, members, self.require_shown)
        found = list(self.closure.members.values())
        for member in self.closure.not_shown.values():
            require(not member.is_proof, "ERASURE_NOT_PROVED", f"the notices of {member.subject}", "none")
        for chain in self.members:
            require(chain.key in self.closure.members, "CHAIN_WITHOUT_REASON", "a subject that the story reaches",
                    chain.name)
        for member, chain in zip(found, self.members):
            require(member.key == chain.key, "OUT_OF_ORDER", f"next {member.subject or member.key.hex()}", chain.name)
            self.require_name(member, chain.subject)
        self.require_left_out()
        for member, chain in zip(found, self.members):
            self.require_whole(member, chain)

    def require_shown(self, way, record, leads):
        """Of a record that the story goes past, what must be shown is."""
        if way.own and way.tie not in (PAPER, INPUTS):
            record.public_part()
        if way.depth == 0:
            require(any(line.subject == self.told.asked for line in record.lines), "WITHHELD",
                    f"the line of the subject asked for in {record.name}", "a leaf")
        for group in record.groups:
            if group.role not in leads:
                continue
            if group.role == INPUT:
                # Inputs alone may be counted instead.
                if group.count > group.keys:
                    self.inputs_counted[record.place] = group.count - group.keys
                continue
            shown = group.keys if group.role == PARENT else group.texts
            require(group.count == shown, "WITHHELD",
                    f"all {group.count} lines of role {group.role} of {record.name}",
                    f"{group.texts} in text and {group.keys - group.texts} by key")

    @staticmethod
    def require_name(member, subject):
        """A subject is called by its URI if a line on the way to it shows that, else by its key."""
        require(member.subject == subject, "SUPERFLUOUS", member.subject or "only the key of a subject",
                subject or "its key")

    def require_left_out(self):
        self.left_out, told = [], self.told.not_followed
        for at, member in enumerate(self.closure.not_shown.values()):
            name = member.subject or member.key.hex()
            found = told[at] if at < len(told) else None
            if found is not None and found.subject_key is not None:
                same = found.subject_key == member.key
            else:
                same = found is not None and (found.subject or "") == member.subject
            require(same, "NOT_FOLLOWED", f"the chain of {name}, or why not", "neither")
            self.require_name(member, found.subject or "")
            too_far = member.depth > self.told.max_depth
            good = (found.reason == TOO_FAR and too_far) or (
                found.reason in (TOO_MANY_RECORDS, NOT_VISIBLE) and not too_far and not member.is_own())
            require(good, "REASON_NOT_GOOD", f"a reason that holds for {name}", found.reason)
            self.left_out.append(LeftOut(member.subject, member.key, member.depth, found.reason))
        require(len(told) == len(self.left_out), "SUPERFLUOUS", f"{len(self.left_out)} not followed", len(told))

    def require_whole(self, member, chain):
        if not chain.records:
            return
        first = 1
        if member.is_own() and not chain.subject.startswith(KEYS):
            first = max(1, chain.count() - self.told.max_records + 1)
        if member.is_whole():
            good = chain.first == first
        else:
            good = chain.records[0].place == member.since()
        require(good, "CHAIN_NOT_WHOLE", f"the chain of {chain.name} from where it matters on",
                f"from link {chain.first}")

    def require_keys_chains(self):
        """Whoever signed anything shown, or was signed for, has their keys chain shown, and nobody else."""
        needed = {KEYS + signer for submission in self.log.submissions.values() for signer in submission.signers()}
        shown = {chain.subject for chain in self.keys}
        missing = sorted(needed - shown - {self.told.asked})
        require(not missing, "KEYS_CHAIN_MISSING", ", ".join(missing), "none")
        for chain in self.keys:
            require(chain.subject in needed, "CHAIN_WITHOUT_REASON", "keys chains of signers", chain.subject)
            self.take_keys(chain)
        if self.told.asked.startswith(KEYS):
            self.take_keys(self.members[0])

    def take_keys(self, chain):
        require(chain.first <= 1, "CHAIN_NOT_WHOLE", f"{chain.subject} from link 1 on", chain.first)
        for record in chain.records:
            require(record.kind <= DELEGATION or record.kind == APPROVAL, "NOT_A_KEYS_RECORD",
                    "a kind that keys chains take", record.kind)
            record.public_part()
            require(all(group.texts == group.count for group in record.groups), "WITHHELD",
                    f"every line of {record.name}", "fewer")
            require(record.signer_shown, "WITHHELD", f"the signer of {record.name} on a keys chain", "none")
            self.on_keys.add(record.place)

    def require_on_every_chain(self):
        """A record shown is on the chain of every subject that it names, if that chain is shown so far back."""
        for place, record in self.log.records.items():
            used = False
            for line in record.lines:
                chain = self.by_key.get(line.key)
                if chain is None:
                    continue
                on = place in chain.all
                used = used or on
                require(on or not (record.is_notice() or chain.reaches_back_to(place)), "MISSING_FROM_CHAIN",
                        f"{record.name} on the chain of each subject that it names", f"not on {chain.name}")
            require(used, "RECORD_WITHOUT_CHAIN", "a record of a chain shown", record.name)
            if record.is_notice():
                record.public_part()

    # Whether what is said to be erased is

    def prove_erasures(self, record):
        """
        By class of section: who had it erased and who approved. Two authorities must have said so, in
        notices on the record itself.
        """
        if not record.is_erased():
            return {}
        chain = self.by_key.get(subject_key(self.log.h, subject_of(record.place)))
        notices = chain.notices if chain is not None else []
        # Of which is shown who says so, and of which records.
        notices = [notice for notice in notices if notice.signer_shown and all(
            group.keys == group.count for group in notice.groups if group.role == RECORD)]
        approvals = defaultdict(list)
        for notice in notices:
            if notice.kind == APPROVAL:
                cited = next((line.key for line in notice.lines if line.role == RECORD), None)
                approvals[notice.body().record, cited].append(notice)
        proved = {}
        for erasure in notices:
            if erasure.kind != ERASURE or erasure.place[0] <= record.place[0] or erasure.body().record != record.digest:
                continue
            cited = subject_key(self.log.h, subject_of(erasure.place))
            approval = self.second_yes(erasure, approvals[erasure.digest, cited])
            if approval is not None:
                for section_class in erasure.body().classes:
                    proved.setdefault(section_class, Erased(erasure, approval))
        for section in record.sections:
            require(not section.erased or section.section_class in proved, "ERASURE_NOT_PROVED",
                    f"an approved erasure of {SECTION_CLASSES[section.section_class]} of {record.name}", "none")
        return proved

    def second_yes(self, erasure, approvals):
        """The first approval of an erasure by another authority than the one that wants it."""
        for approval in approvals:
            approver = self.signed_by(approval).standing
            if (approval.place[0] > erasure.place[0] and approver.is_authority()
                    and approver.participant != self.signed_by(erasure).standing.participant):
                return approval
        return None

    # What was found

    def completeness(self):
        if not self.block.heads_size:
            return "not_provided"
        return "proved" if "auditors" in self.signed.satisfied else "committed_only"

    def cosigners(self, group):
        return sorted(name for name in set(self.policy.within(group)) if name in self.signed.cosigned)

    def tie(self, chain):
        return self.closure.members[chain.key].ways[0].tie

    def statements(self):
        """Records on the story's chains, in the order of the log; those of signers' keys are not."""
        places = set().union(*(chain.all for chain in self.members))
        return [record for place, record in self.log.records.items() if place in places]

    def may_apply(self):
        """Of a unit: what is said of its lot or class, and not of it."""
        if subject_kind(self.told.asked) != "UNIT":
            return set()
        goods = [chain for chain in self.members if self.tie(chain) in (GOODS, CLASS)]
        return set().union(*(chain.all for chain in goods)) - self.members[0].all

    def earlier_not_shown(self):
        return sum(max(0, chain.first - 1) for chain in self.members if self.tie(chain) != CONTAINER)

    def signed_by(self, record):
        return self.signers.signed[record.place[0]] if record.signer_shown else None


# 14  Receipts ========================================================================================

PROOF_HEADER = "c2sp.org/tlog-proof@v1"


class Receipt:
    """That the ledger took in a submission: its entry, and a path from there to a signed root."""

    def __init__(self, data, policy, openssl, public_key=None):
        try:
            index, entry, path, note = self.parse(data)
        except BadNote as e:
            raise Broken("PROOF_MALFORMED", "a receipt", e) from None
        signed = check_any_age(policy, openssl, note)
        self.checkpoint, size = signed.checkpoint, signed.checkpoint.size
        require(index < size, "INDEX_BEYOND_SIZE", f"an entry below {size}", index)
        self.leaf = policy.hash.leaf(entry)
        verify_in_tree(policy.hash, index, size, self.leaf, path, self.checkpoint.root, "PATH_LENGTH",
                       "NOT_INCLUDED", "the entry")
        self.submission = read_submission(index, entry, policy.genesis)
        # A quorum of nobody is always met and vouches for nothing.
        self.witnessed = signed.quorum_met and policy.quorum != "none"
        self.signature_checked = public_key is not None
        if public_key is not None:
            header = self.submission.signed
            require(header.key_id == sha256(public_key), "UNKNOWN_KEY", f"key {sha256(public_key).hex()}",
                    header.key_id.hex())
            message = b"pinlian/submission/v1\n" + header.header
            require(openssl.verifies(public_key, message, header.signature), "BAD_SIGNATURE", "a good signature",
                    "one that is not")

    @staticmethod
    def parse(data):
        text = text_of(data, 1 << 20)
        head, blank, note = text.partition("\n\n")
        lines = head.split("\n")
        if not blank or lines.pop(0) != PROOF_HEADER:
            raise BadNote("no " + PROOF_HEADER)
        if not lines or not lines[0].startswith("extra "):
            raise BadNote("no `extra` line with the entry")
        entry = of_base64(lines.pop(0)[len("extra "):])
        if not 0 < len(entry) <= ENTRY_MAX:
            raise BadNote("an entry in the `extra` line that is too long, or empty")
        if not lines or not lines[0].startswith("index "):
            raise BadNote("no `index` line")
        index = of_decimal(lines.pop(0)[len("index "):])
        if len(lines) > 63:
            raise BadNote("more than 63 hashes")
        return index, entry, [hash_of_base64(line) for line in lines], note


# 15  Telling =========================================================================================

VIEWS = ("", "consumer", "partner", "regulator")
REASONS = ("", "too_far", "too_many_records", "not_visible")
REASONS_SAID = ("", "过远 too far", "记录过多 too many records", "不可见 not visible")
KINDS_SAID = {
    1: "主体登记", 2: "密钥更换", 3: "密钥吊销", 4: "代签委托", 5: "产品", 6: "场所", 7: "追溯事件",
    8: "承诺达标合格证", 10: "交接发起", 11: "交接答复", 13: "进货(仅一方)", 14: "发货(仅一方)",
    15: "温度记录", 19: "监管指令", 20: "作废", 22: "核准", 24: "删除", 25: "查询登记"}


def iso(millis):
    at = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=min(max(millis, 0), INSTANT_MAX))
    return at.isoformat(timespec="milliseconds" if at.microsecond else "seconds") + "Z"


def china_time(millis):
    at = datetime.datetime(1970, 1, 1, 8) + datetime.timedelta(
        milliseconds=min(max(millis, 0), INSTANT_MAX - 8 * 3600 * 1000))
    return at.strftime("%Y-%m-%d %H:%M")


def clean(text):
    """Without what steers a terminal or turns the direction of writing."""
    bad = ("Cc", "Cf", "Cs", "Zl", "Zp")
    return "".join("\ufffd" if unicodedata.category(c) in bad else c for c in text)


def counts(dossier):
    statements = dossier.statements()
    sections = [section for record in statements for section in record.sections]
    return {
        "statements": len(statements),
        "signersWithheld": sum(not record.signer_shown for record in statements),
        "partsWithheld": sum(record.part is None for record in statements)
        + sum(section.content is None and not section.erased for section in sections),
        "partsErased": sum(section.erased for section in sections),
        "inputsNotPublished": sum(dossier.inputs_counted.values()),
    }


def dossier_json(dossier, verbose):
    told, block = dossier.told, dossier.block
    found = {
        "verified": True, "unaltered": True, "subject": told.asked, "view": VIEWS[told.view],
        "completeness": dossier.completeness(), "earlierNotShown": dossier.earlier_not_shown(),
        "origin": dossier.checkpoint.origin, "size": dossier.checkpoint.size, "block": block.number,
        "closedAt": iso(block.closed_at), "witnesses": dossier.cosigners("witnesses"),
        "auditors": dossier.cosigners("auditors"), **counts(dossier), "maxDepth": told.max_depth,
        "notFollowed": [
            {"subject": left.subject or None, "key": left.key.hex(), "reason": REASONS[left.reason]}
            for left in dossier.left_out],
        "erased": erased_parts(dossier),
    }
    if block.lag_since:
        found["lagSince"] = iso(block.lag_since)
    if verbose:
        found["chains"] = [
            {"subject": chain.subject or None, "key": chain.key.hex(),
             "depth": dossier.closure.members[chain.key].depth, "tie": dossier.tie(chain), "first": chain.first,
             "records": [where(record.place) for record in chain.records],
             "notices": [where(record.place) for record in chain.notices]}
            for chain in dossier.members]
        may_apply = dossier.may_apply()
        found["records"] = [record_json(dossier, record, may_apply) for record in dossier.statements()]
    return found


def erased_parts(dossier):
    return [erased_json(dossier, record, section) for record in dossier.statements()
            for section in record.sections if section.erased]


def erased_json(dossier, record, section):
    erased = dossier.erasures[record.place][section.section_class]
    body = erased.erasure.body()
    return {
        "class": SECTION_CLASSES[section.section_class], "erasure": where(erased.erasure.place),
        "signer": dossier.signed_by(erased.erasure).standing.participant,
        "approval": where(erased.approval.place),
        "approver": dossier.signed_by(erased.approval).standing.participant,
        "since": iso(dossier.log.submissions[erased.approval.place[0]].sequenced_at), "law": body.law,
        "article": body.article, "reason": body.reason, "record": where(record.place)}


def record_json(dossier, record, may_apply):
    signed = dossier.signed_by(record)
    found = {
        "record": where(record.place), "kind": KIND[record.kind].name, "digest": record.digest.hex(),
        "signer": signed.standing.participant if signed else None,
        "doubtful": signed is not None and dossier.signers.is_doubtful(record.place[0]),
        "mayApply": record.place in may_apply, "publicPart": record.part is not None}
    if signed and signed.gateway is not None:
        found["attestedBy"] = signed.gateway.participant
    if signed:
        found["sequencedAt"] = iso(dossier.log.submissions[record.place[0]].sequenced_at)
    return found


def dossier_line(dossier):
    count = counts(dossier)
    withheld = count["signersWithheld"] + count["partsWithheld"] + count["inputsNotPublished"]
    if dossier.completeness() == "not_provided":
        complete = "完整性未提供 completeness not provided"
    else:
        earlier = dossier.earlier_not_shown()
        complete = "完整 complete"
        if earlier:
            complete = f"此前 {earlier} 条未列出 {earlier} earlier statements not shown"
        if dossier.completeness() == "proved":
            complete += f", 经审计方证明 proved by {len(dossier.cosigners('auditors'))} auditors"
        else:
            complete += ", 仅账本承诺 committed only"
    reasons = [left.reason for left in dossier.left_out]
    left_out = ", ".join(f"{reasons.count(r)} {REASONS_SAID[r]}" for r in sorted(set(reasons)))
    said = ["✓ 未被篡改 unaltered", complete, f"见证 {len(dossier.cosigners('witnesses'))} witnesses",
            f"隐去 {withheld} withheld"]
    erased = erased_parts(dossier)
    if erased:
        laws = sorted({f"{part['law']} {part['article']}".strip() for part in erased})
        said.append(f"依法删除 erased {len(erased)} ({clean('; '.join(laws))})")
    said.append(f"未追踪 not followed: {left_out or '无 none'}")
    # Last, because it is as long as it likes: a good dossier of other goods is no answer.
    return "; ".join(said + ["对象 subject: " + clean(dossier.told.asked)])


def dossier_lines(dossier, verbose):
    told, count = dossier.told, counts(dossier)
    proved = dossier.completeness() == "proved"
    yield "  对象 subject       " + clean(told.asked)
    yield (f"  视图 view          {VIEWS[told.view]} (as told by the ledger), assembled "
           f"{china_time(told.assembled_at)}")
    yield f"  区块 block         {dossier.block.number}, {china_time(dossier.block.closed_at)} +08:00, " \
          f"log of {dossier.checkpoint.size} entries, {clean(dossier.checkpoint.origin)}"
    for what, group in (("见证 witnesses    ", "witnesses"), ("审计 auditors     ", "auditors")):
        names = [f"{name} ({iso(dossier.signed.cosigned[name] * 1000)})" for name in dossier.cosigners(group)]
        yield f"  {what} " + (clean(", ".join(names)) or "0")
    yield (f"  隐去 withheld      signers {count['signersWithheld']} "
           f"({'vouched for by the auditors' if proved else 'their signatures were NOT checked'}), parts "
           f"{count['partsWithheld']}, inputs not published {count['inputsNotPublished']}")
    for part in erased_parts(dossier):
        yield clean("  依法删除 erased    {record} {class}: {law} {article}, {since}; {erasure} {signer}, "
                    "核准 approved {approval} {approver}".format(**part))
    if dossier.block.lag_since:
        yield f"  链头图滞后 statements wait for the map since {china_time(dossier.block.lag_since)}"
    for chain in dossier.members:
        shown = f"{len(chain.records)} statements" if chain.records else "无记录 no statement"
        if chain.first > 1:
            shown += f", from number {chain.first} on"
        yield f"  链 chain           {clean(chain.name)}: {shown}, {len(chain.notices)} notices"
    for left in dossier.left_out:
        yield f"  未追踪 not followed {clean(left.subject or left.key.hex())}: {REASONS_SAID[left.reason]}"
    yield ""
    may_apply = dossier.may_apply()
    for record in dossier.statements():
        yield from record_lines(dossier, record, record.place in may_apply, verbose)
    yield ""
    yield ("These are all statements on the subjects listed in the map of that block. Not covered: whether a "
           "first statement was true, what was never stated, other ledgers, and what a container had been loaded "
           "into before the goods came: a container is followed from the record that put the goods in.")
    if not proved:
        yield ("That nothing is left out is the ledger's own signed commitment: no auditor of the policy has "
               "recomputed it.")


def record_lines(dossier, record, may_apply, verbose):
    signed = dossier.signed_by(record)
    line = f"  {where(record.place)} {KINDS_SAID.get(record.kind, '')} {KIND[record.kind].name}, "
    if signed is None:
        line += "签名者未显示 signer withheld"
    else:
        line += clean(f"{signed.standing.name} {signed.standing.participant}")
        if signed.gateway is not None:
            line += f", 由网关代签 attested by {clean(signed.gateway.participant)}"
        line += f", {china_time(dossier.log.submissions[record.place[0]].sequenced_at)}"
        if dossier.signers.is_doubtful(record.place[0]):
            line += ", 存疑 doubtful: its key was later said to have been stolen by then"
    if may_apply:
        line += ", 可能适用于本件 may apply to this unit"
    yield line
    for group in record.groups:
        lines = [line for line in record.lines if line.role == group.role]
        names = [clean(line.subject or "key " + line.key.hex()[:16]) for line in lines]
        hidden = group.count - len(names)
        shown = names if verbose else names[:4] + ([f"{len(names) - 4} more"] if len(names) > 4 else [])
        yield f"      {LINE_ROLES[group.role - 1]}: " + ", ".join(shown + ([f"{hidden} not shown"] if hidden else []))
    if record.part is None:
        yield "      public part not shown"
    elif verbose:
        yield "      says " + clean(json.dumps(as_json(record.body(), body_type(record)), ensure_ascii=False))
    for section in record.sections:
        name = SECTION_CLASSES[section.section_class]
        if section.content is not None and verbose:
            field = FIELDS["Section"][section.section_class + 10]
            said = as_json(getattr(section.content, field.name), field.type)
            yield f"      {name}: " + clean(json.dumps(said, ensure_ascii=False))
        else:
            state = "shown" if section.content is not None else "not shown"
            if section.erased:
                erased = erased_json(dossier, record, section)
                state = clean("erased under {law} {article} by {signer} ({erasure}), approved by {approver} "
                              "({approval})".format(**erased))
            yield f"      {name}: {state}"


def body_type(record):
    return FIELDS["PublicPart"][record.kind + 10].type


def as_json(message, name):
    """The fields of a message that are set, for people."""
    def plain(value, kind):
        if kind == "bytes":
            return value.hex() if len(value) <= 64 else f"{len(value)} bytes, SHA-256 {sha256(value).hex()}"
        return as_json(value, kind) if kind[0].isupper() else value

    said = {}
    for field in FIELDS[name].values():
        value = getattr(message, field.name)
        if field.repeated and value:
            said[field.name] = [plain(one, field.type) for one in value]
        elif not field.repeated and value not in (None, field.default):
            said[field.name] = plain(value, field.type)
    return said


def receipt_json(receipt):
    submission, header = receipt.submission, receipt.submission.header
    return {
        "index": submission.index, "submitter": header.submitter, "submission": header.submission_id.hex(),
        "records": header.record_count, "sequencedAt": iso(submission.sequenced_at),
        "grade": "witnessed" if receipt.witnessed else "promised", "origin": receipt.checkpoint.origin,
        "size": receipt.checkpoint.size, "root": receipt.checkpoint.root.hex(), "leaf": receipt.leaf.hex(),
        "verified": True, "signatureChecked": receipt.signature_checked}


def receipt_lines(receipt):
    submission, header = receipt.submission, receipt.submission.header
    yield "✓ 存证回执已验证 receipt verified"
    yield f"  序号 index         {submission.index}"
    yield f"  提交方 submitter   {clean(header.submitter)}"
    yield f"  提交 submission    {header.submission_id.hex()}, {header.record_count} 条记录 records"
    yield f"  收录 sequenced     {china_time(submission.sequenced_at)} +08:00"
    promised = "承诺 promised: signed by the ledger alone, which could still tell others otherwise"
    yield "  等级 grade         " + ("有见证 witnessed" if receipt.witnessed else promised)
    yield f"  检查点 checkpoint  {clean(receipt.checkpoint.origin)}, size {receipt.checkpoint.size}"
    yield "  签名 signature     " + ("good, by the key given" if receipt.signature_checked else
                                   "NOT checked: give --public-key, or check a dossier of the goods")


# 16  The command =====================================================================================

ZIP_MAX = 56 << 20
ZIP_NAMES_MAX = 64
STORY, POLICY, MANIFEST = "story.dossier", "policy.txt", "manifest.json"
POLICY_MAX = 64 << 10


class Question:
    """What is to be checked, and by what."""

    def __init__(self, arguments):
        self.json = self.verbose = self.frames = False
        self.code = self.public_key = None
        self.now, self.hours, self.openssl = None, 24, "openssl"
        files, rest = [], list(arguments)

        def value(name):
            if not rest:
                raise Unable(f"{name} needs a value; see --help")
            return rest.pop(0)

        while rest:
            word = rest.pop(0)
            if word in ("--json", "--verbose", "--frames"):
                setattr(self, word[2:], True)
            elif word == "--code":
                self.code = value(word)
            elif word == "--as-of":
                self.now = instant(value(word))
            elif word == "--max-age":
                text = value(word)
                self.hours = int(text) if re.fullmatch("[0-9]{1,5}", text) else 0
                if not 1 <= self.hours <= 24 * 3660:
                    raise Unable(f"--max-age: from 1 to {24 * 3660} hours")
            elif word == "--public-key":
                self.public_key = read_public_key(value(word))
            elif word == "--openssl":
                self.openssl = value(word)
            elif word.startswith("-"):
                raise Unable(f"no option {word!r}; see --help")
            else:
                files.append(word)
        self.files = files
        if not self.frames and len(files) not in (1, 2):
            raise Unable("one FILE, and at most one POLICY; see --help")


def instant(text):
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?Z", text):
        try:
            seconds, _, fraction = text[:-1].partition(".")
            form = "%Y-%m-%dT%H:%M:%S" if seconds.count(":") == 2 else "%Y-%m-%dT%H:%M"
            since = datetime.datetime.strptime(seconds, form) - datetime.datetime(1970, 1, 1)
            return since // datetime.timedelta(milliseconds=1) + int((fraction + "000")[:3])
        except ValueError:
            pass
    raise Unable(f"no instant, as in 2026-07-01T08:00:00Z: {text!r}")


def read_file(path, most):
    try:
        with open(path, "rb") as file:
            data = file.read(most + 1)
    except (OSError, ValueError) as e:
        raise Unable(f"cannot read {path!r}: {getattr(e, 'strerror', None) or e}") from None
    if len(data) > most:
        raise Unable(f"{path!r} has more than {most} bytes")
    return data


def read_public_key(path):
    text = read_file(path, 64 * 1024).decode("ascii", "replace")
    found = re.search("-----BEGIN PUBLIC KEY-----(.*?)-----END PUBLIC KEY-----", text, re.DOTALL)
    try:
        spki = base64.b64decode("".join(found.group(1).split()), validate=True) if found else b""
    except binascii.Error:
        spki = b""
    if key_algorithm(spki) is None:
        raise Unable(f"no public key of a participant, in PEM: {path!r}")
    return spki


class Package:
    """A dossier or receipt, the policy it is to be checked by, and what is to be said of the two."""

    def __init__(self, files):
        path, self.remarks, self.as_of = files[0], [], None
        if os.path.isdir(path):
            self.open(path, FolderFiles(path), files)
            return
        data = read_file(path, ZIP_MAX)
        if data.startswith(b"PK\x03\x04"):
            self.open(path, ZipFiles(data), files)
            return
        require(len(data) <= DOSSIER_MAX, "LIMIT_EXCEEDED", f"{DOSSIER_MAX} bytes at most", len(data))
        beside = os.path.join(os.path.dirname(path), POLICY)
        self.data, self.policy = data, read_file(files[1] if len(files) > 1 else beside, POLICY_MAX)

    def open(self, path, inner, files):
        self.data, self.policy = inner.read(STORY, DOSSIER_MAX), inner.read(POLICY, POLICY_MAX)
        if self.data is None:
            raise Unable(f"no {STORY} in {path!r}")
        manifest = inner.read(MANIFEST, POLICY_MAX)
        if manifest is not None:
            self.compare(manifest, inner)
        if len(files) > 1:
            self.policy = read_file(files[1], POLICY_MAX)
        elif self.policy is None:
            raise Unable(f"no {POLICY} in {path!r}: name one")
        else:
            self.remarks.append("The policy is the package's own: compare it with one from somebody else.")

    def compare(self, manifest, inner):
        """The manifest is signed by nobody: it shows damage, and says what the evidence is to be as of."""
        try:
            told = json.loads(manifest.decode("utf-8"))
            self.as_of, sums = instant(told["asOf"]), told["sha256"]
            listed = [(name, sums[name]) for name in sorted(sums) if re.fullmatch("[A-Za-z0-9._-]{1,64}", name)]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise Broken("MALFORMED", f"a {MANIFEST} of a package", "another") from None
        for name, told_sum in listed[:64]:
            data = inner.read(name, ZIP_MAX)
            found = "none" if data is None else sha256(data).hex()
            require(found == told_sum, "MALFORMED", f"{name} as {MANIFEST} lists it, {told_sum}", found)
        names = ", ".join(name for name, _ in listed[:64])
        self.remarks.append(
            f"Evidence is {STORY} alone. As {MANIFEST} lists them, which nobody signed: {names}.")


class FolderFiles:
    def __init__(self, path):
        self.path = path

    def read(self, name, most):
        """None if there is no such file."""
        path = os.path.join(self.path, name)
        return read_file(path, most) if os.path.exists(path) else None


class ZipFiles:
    def __init__(self, data):
        with self.reading():
            self.zip = zipfile.ZipFile(io.BytesIO(data))
            self.names = self.zip.namelist()
        if len(self.names) > ZIP_NAMES_MAX:
            raise Unable(f"more than {ZIP_NAMES_MAX} files in a package")

    @staticmethod
    @contextlib.contextmanager
    def reading():
        try:
            yield
        except Exception as e:  # bad zips raise a dozen kinds of exception, some without a common name
            if isinstance(e, (Broken, Unable)):
                raise
            raise Unable(f"no zip that can be read: {type(e).__name__}") from None

    def read(self, name, most):
        if name not in self.names:
            return None
        if self.names.count(name) > 1:
            raise Unable(f"{name} is in the zip twice")
        # Of these two no more is unpacked than is asked for; of the others all that there is memory for.
        if self.zip.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unable(f"{name} is compressed in a way that no package of ours is")
        # Not more than we take, whatever the zip says it is.
        with self.reading(), self.zip.open(name) as file:
            data = file.read(most + 1)
            require(len(data) <= most, "LIMIT_EXCEEDED", f"{name} of {most} bytes at most", "more")
            return data


def check(question, openssl):
    """What is said of it, for programs and for people. Broken if a check does not hold."""
    package = Package(question.files)
    try:
        policy = Policy(package.policy)
    except BadNote as e:
        raise Unable(f"no trust policy: {e}") from None
    if policy.unchecked():
        package.remarks.append(
            f"Not checked and not counted here, for they sign by ML-DSA-44: {', '.join(policy.unchecked())}.")
    if package.data.startswith(PROOF_HEADER.encode() + b"\n"):
        receipt = Receipt(package.data, policy, openssl, question.public_key)
        return receipt_json(receipt), list(receipt_lines(receipt)) + package.remarks
    now = question.now
    if now is None and package.as_of is not None:
        now = package.as_of
        package.remarks.append(f"As of {iso(now)}, in the word of whoever made the package; --as-of takes another.")
    if now is None:
        now = int(datetime.datetime.now(datetime.timezone.utc).timestamp() * 1000)
    dossier = Dossier(package.data, question.code, policy, openssl, now, question.hours * 3_600_000)
    lines = [dossier_line(dossier)] + list(dossier_lines(dossier, question.verbose))
    return dossier_json(dossier, question.verbose), lines + package.remarks


def answer_frames(openssl):
    """
    For comparing this program with others: questions on standard input, each a length and seven fields,
    each with its length; to each one line on standard output.
    """
    policies, source = {}, sys.stdin.buffer
    while True:
        head = source.read(4)
        if not head:
            return
        rest, fields = source.read(int.from_bytes(head, "big")), []
        while rest:
            length = int.from_bytes(rest[:4], "big")
            fields.append(rest[4:4 + length])
            rest = rest[4 + length:]
        asked, policy, now, max_age, remembered, path, data = fields
        if policy not in policies:
            policies[policy] = Policy(policy)
        older = read_checkpoint(remembered.decode()) if remembered else None
        consistency = [path[i:i + 32] for i in range(0, len(path), 32)]
        try:
            Dossier(data, asked.decode(), policies[policy], openssl, int(now), int(max_age), older, consistency)
            line = "accepted"
        except Broken as e:
            line = "refused " + e.rule
        except RecursionError:
            line = "refused LIMIT_EXCEEDED"
        print(line, flush=True)


def main():
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    for ended in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(ended, lambda *_: sys.exit(2))
    if sys.version_info < (3, 9):
        print("needs Python 3.9 or newer", file=sys.stderr)
        return 2
    arguments = sys.argv[1:]
    if "--help" in arguments or "-h" in arguments:
        print(HELP, end="")
        return 0
    openssl, as_json_object = None, "--json" in arguments
    try:
        question = Question(arguments)
        openssl = OpenSsl(question.openssl)
        if question.frames:
            answer_frames(openssl)
            return 0
        found, lines = check(question, openssl)
        print(json.dumps(found, ensure_ascii=False) if as_json_object else "\n".join(lines), flush=True)
        return 0
    except Broken as e:
        refused = {"verified": False, "rule": e.rule, "expected": e.expected, "found": e.found}
        return refuse(refused, as_json_object)
    except (RecursionError, MemoryError):
        refused = {"verified": False, "rule": "LIMIT_EXCEEDED", "expected": "less to read", "found": "more"}
        return refuse(refused, as_json_object)
    except Unable as e:
        print(f"NOT CHECKED: {clean(str(e))}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Whoever read along has seen enough; what is left in the buffer must not complain at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 2
    except Exception as e:  # a fault of this program must not look like a verdict, nor be a page of code
        print(f"NOT CHECKED: this program failed: {type(e).__name__}", file=sys.stderr)
        return 2
    finally:
        if openssl is not None:
            openssl.close()


def refuse(refused, as_json_object):
    if as_json_object:
        print(json.dumps(refused, ensure_ascii=False))
    else:
        print(f"✗ 验证未通过 NOT GOOD: {refused['rule']}")
        print(f"  expected {clean(refused['expected'])[:400]}")
        print(f"  found    {clean(refused['found'])[:400]}")
        if refused["rule"] in ("COSIGNATURES_TOO_OLD", "HEADS_TOO_OLD"):
            print("  Of evidence give --as-of: the time that it is to be evidence as of.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
