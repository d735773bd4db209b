//! Points in time, as rules see them.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::domain::CalendarDate;

/// Milliseconds since 1970-01-01T00:00:00Z. Handed in with each request; no rule reads a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since 1970 UTC.
    pub const fn from_milliseconds(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// Milliseconds since 1970 UTC.
    pub const fn milliseconds(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970 UTC, as JWT's NumericDate (RFC 7519 §2).
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This moment plus `seconds`.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// Whole seconds until `later`, rounded up; zero where it has passed.
    pub const fn seconds_until(self, later: Self) -> i64 {
        let left = later.0.saturating_sub(self.0);
        if left <= 0 {
            0
        } else if left % 1000 == 0 {
            left / 1000
        } else {
            left / 1000 + 1
        }
    }

    /// The system's clock. For the outermost layer (adapter, command line), which hands it in.
    pub fn from_system() -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(now.as_millis()).unwrap_or(i64::MAX))
    }

    /// The date in UTC.
    pub fn date(self) -> time::Date {
        self.to_utc().date()
    }

    /// The date in China, eight hours ahead all year: by it a qualification ends.
    pub fn date_in_china(self) -> CalendarDate {
        CalendarDate::of(self.plus_seconds(8 * 3600).date())
    }

    /// RFC 3339 in UTC, with milliseconds where there are any: `2026-11-22T01:20:00.123Z`.
    pub fn to_rfc3339(self) -> String {
        self.to_utc().format(&Rfc3339).unwrap_or_default()
    }

    /// Reads RFC 3339 with any offset.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000_000)).ok().map(Self)
    }

    fn to_utc(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_rfc3339())
    }
}

impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse_rfc3339(&text).ok_or_else(|| serde::de::Error::custom("not a time as in RFC 3339"))
    }
}

#[cfg(feature = "openapi")]
impl schemars::JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time" })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_time_is_written_in_utc_with_milliseconds_where_there_are_any() {
        for (milliseconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (1_795_310_400_000, "2026-11-22T01:20:00Z"),
            (1_795_310_400_120, "2026-11-22T01:20:00.12Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(Timestamp::from_milliseconds(milliseconds).to_rfc3339(), text);
        }
    }

    #[test]
    fn any_offset_is_read_and_no_other_form() {
        let at = Some(Timestamp::from_milliseconds(1_795_310_400_000));
        for text in ["2026-11-22T01:20:00Z", "2026-11-22T09:20:00+08:00", "2026-11-22T01:20:00.000000999Z"] {
            assert_eq!(Timestamp::parse_rfc3339(text), at, "{text}");
        }
        for text in [
            "",
            "2026-11-22",
            "2026-11-22T01:20:00",
            "2026-11-22 01:20",
            "2026-13-22T01:20:00Z",
            "1795310400",
            "２０２６-11-22T01:20:00Z",
        ] {
            assert_eq!(Timestamp::parse_rfc3339(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_left_of_a_second_counts_as_one() {
        let at = Timestamp::from_milliseconds;
        assert_eq!(at(0).seconds_until(at(1)), 1);
        assert_eq!(at(0).seconds_until(at(60_000)), 60);
        assert_eq!(at(1).seconds_until(at(1)), 0);
        assert_eq!(at(2).seconds_until(at(1)), 0);
        assert_eq!((at(-1).seconds(), at(1_999).seconds()), (-1, 1));
    }

    proptest! {
        #[test]
        fn a_time_that_is_written_reads_the_same(milliseconds in -62_000_000_000_000i64..253_000_000_000_000) {
            let at = Timestamp::from_milliseconds(milliseconds);
            prop_assert_eq!(Timestamp::parse_rfc3339(&at.to_rfc3339()), Some(at));
        }

        #[test]
        fn no_moment_makes_it_panic(milliseconds: i64, seconds: i64, text: String) {
            let at = Timestamp::from_milliseconds(milliseconds);
            let _ = (at.to_rfc3339(), at.date(), at.plus_seconds(seconds), at.seconds_until(at.plus_seconds(seconds)));
            let _ = Timestamp::parse_rfc3339(&text);
        }
    }
}
