//! JSON texts that are expensive to read, filled up to a length.

/// A text, as `"before" + unit repeated + "after"`. A unit may contain `#`, which becomes a number.
#[derive(Clone, Copy)]
pub(super) struct Filled {
    pub(super) name: &'static str,
    before: &'static str,
    unit: &'static str,
    after: &'static str,
}

impl Filled {
    /// Returns a text of at most this many octets. It begins and ends as written, and the text between is repeated.
    pub(super) fn of_length(self, length: usize) -> String {
        let mut text = self.before.to_owned();
        for number in 0.. {
            let unit = self.unit.replace('#', &format!("{number:x}"));
            if text.len() + unit.len() + self.after.len() > length {
                break;
            }
            text += &unit;
        }
        text + self.after
    }
}

const fn filled(name: &'static str, before: &'static str, unit: &'static str, after: &'static str) -> Filled {
    Filled { name, before, unit, after }
}

/// Values of one member.
pub(super) const VALUES: [Filled; 16] = [
    filled("escapes of two octets", "\"", "\\n", "\""),
    filled("escapes of six octets", "\"", "\\u0041", "\""),
    filled("surrogate pairs", "\"", "\\ud83d\\ude00", "\""),
    filled("lone surrogates", "\"", "\\ud800", "\""),
    filled("characters of three octets", "\"", "€", "\""),
    filled("numbers of one digit", "[0", ",1", "]"),
    filled("numbers with exponents of three digits", "[0", ",1e100", "]"),
    filled("numbers of 201 digits", "[0", LONG_NUMBER, "]"),
    filled("fractions of 300 digits with a long exponent", "[0", LONG_FRACTION, "]"),
    filled("empty strings", "[\"\"", ",\"\"", "]"),
    filled("empty objects", "[{}", ",{}", "]"),
    filled("objects of one member", "[{}", ",{\"\":0}", "]"),
    filled("objects of 16 names with the same ends", "[{}", SIXTEEN, "]"),
    filled("objects of 17 members", "[{}", SEVENTEEN, "]"),
    filled("objects of 64 members", "[{}", SIXTY_FOUR, "]"),
    filled("arrays 30 deep", "[0", DEEP, "]"),
];

/// Members, which follow other members of the same object.
pub(super) const MEMBERS: [Filled; 4] = [
    filled("short members", "", ",\"#\":0", ""),
    filled("members with the same ends", "", ",\"a#aaaaa\":0", ""),
    filled("members with escapes in their names", "", ",\"\\u0061#\":0", ""),
    filled("a duplicate of the last of many members", "", ",\"#\":0", ",\"z\":0,\"z\":0"),
];

const LONG_NUMBER: &str = ",111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111";
const LONG_FRACTION: &str = ",2.22507385850720113605740979670913197593481954635164564802342610972482222202107694551652952390813508791414915891303962110687008643869459464552765720740782062174337998814106326732925355228688137214901298112245145188984905722230728525513315575501591439747639798341180199932396254905e-00000308";
const SIXTEEN: &str = ",{\"a0a\":0,\"a1a\":0,\"a2a\":0,\"a3a\":0,\"a4a\":0,\"a5a\":0,\"a6a\":0,\"a7a\":0,\"a8a\":0,\"a9a\":0,\"aaa\":0,\"aba\":0,\"aca\":0,\"ada\":0,\"aea\":0,\"afa\":0}";
const SEVENTEEN: &str = ",{\"0\":0,\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"6\":0,\"7\":0,\"8\":0,\"9\":0,\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0}";
const SIXTY_FOUR: &str = ",{\"0\":0,\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"6\":0,\"7\":0,\"8\":0,\"9\":0,\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0,\"h\":0,\"i\":0,\"j\":0,\"k\":0,\"l\":0,\"m\":0,\"n\":0,\"o\":0,\"p\":0,\"q\":0,\"r\":0,\"s\":0,\"t\":0,\"u\":0,\"v\":0,\"w\":0,\"x\":0,\"y\":0,\"z\":0,\"A\":0,\"B\":0,\"C\":0,\"D\":0,\"E\":0,\"F\":0,\"G\":0,\"H\":0,\"I\":0,\"J\":0,\"K\":0,\"L\":0,\"M\":0,\"N\":0,\"O\":0,\"P\":0,\"Q\":0,\"R\":0,\"S\":0,\"T\":0,\"U\":0,\"V\":0,\"W\":0,\"X\":0,\"Y\":0,\"Z\":0,\"-\":0,\"_\":0}";
const DEEP: &str = ",[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]";
